//! [`Token`]: an opaque token with each request.

use std::future::Future;
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::request::Parts;

use super::authenticator::{Authenticator, Scheme};
use super::outcome::{Outcome, SchemeResult};
use super::source::{CheckedScheme, CredentialSource};
use crate::context::state::AuthState;
use crate::cross_site::CsrfCheck;
use crate::identity::User;
use crate::refusal::{AuthError, failed};
use crate::store::{AccessToken, Backend, TokenRecord, TokenStore};
use crate::value::clock::Clock;
use crate::value::token_format::{PresentedToken, TokenFormat};
use crate::wire::authorization;
use crate::wire::authorization::MalformedAuthorization;
use crate::wire::challenge::Challenge;
use crate::wire::http_token::is_http_token;

/// `Authorization: Token`, or another keyword, and an opaque token (in the manner of RFC 6750 section 2.1).
///
/// One lookup of the token's SHA-256 digest finds the token and its account. A text that does not have [the form of a
/// token](crate::Settings::token_format) is refused without a lookup.
///
/// ```
/// # use auth_runtime::{authenticate, scheme::Token, permission::IsAuthenticated};
/// #[authenticate(Token(keyword = "Bearer"))]
/// #[permit(IsAuthenticated)]
/// async fn report() -> &'static str {
///     "figures"
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct Token {
    /// The word before the token: one token of RFC 9110, compared without regard to case.
    pub keyword: &'static str,
}

impl Token {
    /// Checks the options at compile time.
    ///
    /// # Panics
    ///
    /// If an option is not valid.
    #[track_caller]
    pub const fn declare(self) -> CheckedScheme<Self> {
        assert!(
            is_http_token(self.keyword),
            "`keyword` is not one word of RFC 9110; use letters, digits and dashes, without spaces, such as \
             `keyword = \"Bearer\"`"
        );
        CheckedScheme { claim: CredentialSource::Authorization(self.keyword), scheme: self }
    }

    /// Authenticates a request with the tokens of `store`. For custom schemes that keep their tokens apart from those of the
    /// state's backend.
    ///
    /// # Errors
    ///
    /// As [`Scheme::authenticate`].
    pub async fn authenticate_in<B: TokenStore>(
        &self,
        request: &Parts,
        store: &B,
        format: &TokenFormat,
        clock: &Clock,
    ) -> SchemeResult<B::User, AccessToken> {
        let Some(token) = read::<Self>(self.keyword, request, format)? else { return Ok(Outcome::Skipped) };
        let Some(record) = store.find_token(&token).await? else { return Err(invalid::<Self>()) };
        judge::<Self, _>(&record, clock.now())?;
        Ok(Outcome::Authenticated(record.user, record.token))
    }
}

// The functions below refuse in the name of the scheme `T`, which is `Token` or `Bearer`.

/// Reads the token of the request, if it has this keyword.
fn read<T: Authenticator>(
    keyword: &'static str,
    request: &Parts,
    format: &TokenFormat,
) -> Result<Option<PresentedToken>, AuthError> {
    let Some(words) = authorization::words(&request.headers, keyword).map_err(malformed::<T>)? else {
        return Ok(None);
    };
    // A token of this application is recognized by its form; it contains no spaces.
    if let Some(token) = format.read_own(words) {
        return Ok(Some(token));
    }
    let word = authorization::one_word(words).map_err(malformed::<T>)?;
    // Nearly all tokens are ASCII, which is cheaper to check.
    if !word.is_ascii() && std::str::from_utf8(word).is_err() {
        return Err(failed!(T, "Invalid token header. Token string should not contain invalid characters."));
    }
    match format.read(word) {
        Some(token) => Ok(Some(token)),
        None => {
            tracing::debug!(target: "auth::request", "the token has not the form of one; it was not looked up");
            Err(invalid::<T>())
        }
    }
}

/// Authenticates a request by a scheme with this keyword.
pub(super) async fn verify<T, S>(
    keyword: &'static str,
    request: &Parts,
    state: &S,
) -> SchemeResult<<S::Backend as Backend>::User, AccessToken>
where
    T: Authenticator,
    S: AuthState<Backend: TokenStore>,
{
    let context = state.auth_context();
    let settings = context.settings();
    let Some(token) = read::<T>(keyword, request, settings.token_format())? else { return Ok(Outcome::Skipped) };
    let now = settings.clock().now();
    let Some(mut record) = context.backend().find_token(&token).await? else { return Err(invalid::<T>()) };
    let is_note_old = context.refresh_token(&mut record.token, now);
    judge::<T, _>(&record, now)?;
    // A disabled account is refused after the chain, so its token does not count as used.
    if is_note_old && record.user.is_active() {
        context.note_token_use(&record.token, now);
    }
    Ok(Outcome::Authenticated(record.user, record.token))
}

/// Checks whether a token that was found is still valid.
fn judge<T: Authenticator, U: User>(record: &TokenRecord<U>, now: Duration) -> Result<(), AuthError> {
    if record.token.has_expired(now) {
        // Same text as for an unknown token, so that someone who found a token learns nothing about it.
        tracing::debug!(target: "auth::request", token = %record.token.id, "the token has expired");
        return Err(invalid::<T>());
    }
    Ok(())
}

fn invalid<T: Authenticator>() -> AuthError {
    failed!(T, "Invalid token.")
}

impl Authenticator for Token {
    type Auth = AccessToken;
    const NAME: &'static str = "Token";
    const DEFAULT: Self = Self { keyword: "Token" };
    const CSRF: CsrfCheck = CsrfCheck::Off;
}

impl<S: AuthState> Scheme<S> for Token
where
    S::Backend: TokenStore,
{
    type User = <S::Backend as Backend>::User;

    fn authenticate<'a>(
        &'a self,
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = SchemeResult<Self::User, AccessToken>> + Send + 'a {
        verify::<Self, S>(self.keyword, request, state)
    }

    // The header is looked up once, however many keywords there are.
    fn first_addressed(schemes: &[Self], request: &Parts, _: &S) -> Option<usize> {
        let value = request.headers.get(AUTHORIZATION)?.as_bytes();
        schemes.iter().position(|scheme| authorization::after_keyword(value, scheme.keyword).is_some())
    }

    #[inline]
    fn is_addressed(&self, request: &Parts, _: &S) -> bool {
        authorization::is_for(&request.headers, self.keyword)
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new(self.keyword))
    }
}

fn malformed<T: Authenticator>(fault: MalformedAuthorization) -> AuthError {
    match fault {
        MalformedAuthorization::NoCredentials => failed!(T, "Invalid token header. No credentials provided."),
        MalformedAuthorization::Spaces => {
            failed!(T, "Invalid token header. Token string should not contain spaces.")
        }
    }
}
