//! [`Token`]: an opaque token with each request.

use http::request::Parts;

use crate::authenticator::{Authenticator, Claim, Declared, Outcome, Scheme, Verdict, is_http_token};
use crate::authorization::{self, MalformedAuthorization};
use crate::challenge::Challenge;
use crate::clock::Clock;
use crate::error::AuthError;
use crate::identity::User;
use crate::secret::Digest;
use crate::state::AuthState;
use crate::store::{AccessToken, Backend, TokenStore};

/// `Authorization: Token`, or whatever keyword, and an opaque token (in the manner of RFC 6750 section 2.1).
///
/// One look-up of the token's SHA-256 digest gives the token and its account.
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
    /// Checks the options, when the chain is compiled.
    ///
    /// # Panics
    ///
    /// When they cannot work.
    #[track_caller]
    pub const fn declare(self) -> Declared<Self> {
        assert!(
            is_http_token(self.keyword),
            "`keyword` is not one word of RFC 9110; use letters, digits and dashes, without spaces, such as \
             `keyword = \"Bearer\"`"
        );
        Declared { claim: Claim::Authorization(self.keyword), scheme: self }
    }

    /// What this scheme says of a request with the tokens of `store`, for a scheme of one's own that keeps its tokens
    /// apart from those of the state's backend.
    ///
    /// # Errors
    ///
    /// As [`Scheme::authenticate`].
    pub async fn authenticate_in<B: TokenStore>(
        &self,
        request: &Parts,
        store: &B,
        clock: &Clock,
    ) -> Verdict<B::User, AccessToken> {
        let Some(word) = authorization::credentials(&request.headers, self.keyword).map_err(malformed)? else {
            return Ok(Outcome::Skipped);
        };
        if std::str::from_utf8(word).is_err() {
            return Err(AuthError::authentication_failed(
                "Invalid token header. Token string should not contain invalid characters.",
            ));
        }
        let record = store.find_token(&Digest::of(word)).await?;
        let record = record.ok_or_else(|| AuthError::authentication_failed("Invalid token."))?;
        if record.token.expires.is_some_and(|expires| expires <= clock.now()) {
            return Err(AuthError::authentication_failed("Token has expired.").with_code("token_expired"));
        }
        if !record.user.is_active() {
            return Err(AuthError::authentication_failed("User inactive or deleted.").with_code("user_inactive"));
        }
        Ok(Outcome::Authenticated(record.user, record.token))
    }
}

impl Authenticator for Token {
    type Auth = AccessToken;
    const NAME: &'static str = "Token";
    const DEFAULT: Self = Self { keyword: "Token" };
}

impl<S: AuthState> Scheme<S> for Token
where
    S::Backend: TokenStore,
{
    type User = <S::Backend as Backend>::User;

    async fn authenticate(&self, request: &Parts, state: &S) -> Verdict<Self::User, AccessToken> {
        let authentication = state.authentication();
        self.authenticate_in(request, authentication.backend(), authentication.settings().clock()).await
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new(self.keyword))
    }
}

fn malformed(fault: MalformedAuthorization) -> AuthError {
    AuthError::authentication_failed(match fault {
        MalformedAuthorization::NoCredentials => "Invalid token header. No credentials provided.",
        MalformedAuthorization::Spaces => "Invalid token header. Token string should not contain spaces.",
    })
}
