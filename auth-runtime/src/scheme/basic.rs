//! [`Basic`]: a user name and a password with each request.

use base64ct::{Base64, Encoding};
use http::request::Parts;
use zeroize::Zeroizing;

use super::authenticator::{Authenticator, Scheme};
use super::outcome::{Outcome, SchemeResult};
use super::source::{CheckedScheme, CredentialSource};
use crate::context::state::{AuthContext, AuthState};
use crate::cross_site::CsrfCheck;
use crate::password::{Attempt, find_remembered};
use crate::refusal::{AuthError, failed};
use crate::store::{Backend, PasswordStore};
use crate::wire::authorization;
use crate::wire::authorization::MalformedAuthorization;
use crate::wire::challenge::{Challenge, is_header_text};

/// `Authorization: Basic`, a user name and a password in base64 (RFC 7617). Only over HTTPS.
///
/// The base64 is strict (RFC 4648 section 4). Its content is UTF-8, or else Latin-1; the first colon ends the name. Verifying
/// costs one argon2id hash, on a thread for passwords; an unknown name costs the same.
///
/// Wrong passwords count towards [`LoginFailures`](crate::settings::LoginFailures), together with those of the login page and
/// all other places that check passwords. Beyond the limit, the answer is 429. A right password does not count, and credentials
/// that the [cache](crate::settings::PasswordSettings::cache_size) remembers do not even count while in flight. Set `counted =
/// false` only if something in front of the application limits guesses, such as a gateway.
///
/// ```
/// # use auth_runtime::{authenticate, scheme::Basic, permission::IsStaff, AuthState, store::PasswordStore};
/// #[authenticate(Basic(realm = "back office"))]
/// #[permit(IsStaff)]
/// async fn report() -> &'static str {
///     "figures"
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct Basic {
    /// What the browser's dialog calls the protected space. Not empty.
    pub realm: &'static str,
    /// Whether wrong passwords count, and too many are refused with 429.
    pub counted: bool,
}

impl Basic {
    /// Checks the options at compile time.
    ///
    /// # Panics
    ///
    /// If an option is not valid.
    #[track_caller]
    pub const fn declare(self) -> CheckedScheme<Self> {
        assert!(!self.realm.is_empty(), "`realm` is empty; give the protected space a name, such as `realm = \"api\"`");
        assert!(is_header_text(self.realm), "`realm` has a control character, which no header may carry; remove it");
        CheckedScheme { claim: CredentialSource::Authorization("Basic"), scheme: self }
    }
}

impl Authenticator for Basic {
    type Auth = ();
    const NAME: &'static str = "Basic";
    const DEFAULT: Self = Self { realm: "api", counted: true };
    // A browser adds what was typed into its dialog to every request, including those that other sites cause.
    const CSRF: CsrfCheck = CsrfCheck::Browser;
}

impl<S: AuthState> Scheme<S> for Basic
where
    S::Backend: PasswordStore,
{
    type User = <S::Backend as Backend>::User;

    async fn authenticate(&self, request: &Parts, state: &S) -> SchemeResult<Self::User> {
        let Some(word) = authorization::credentials(&request.headers, "Basic").map_err(malformed)? else {
            return Ok(Outcome::Skipped);
        };
        // Boxed, so that other requests of the chain do not carry the state of a password check.
        let user = Box::pin(self.identify(state.auth_context(), request, word)).await?;
        Ok(Outcome::Authenticated(user, ()))
    }

    #[inline]
    fn is_addressed(&self, request: &Parts, _: &S) -> bool {
        authorization::is_for(&request.headers, "Basic")
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new("Basic").param("realm", self.realm))
    }
}

impl Basic {
    /// Returns the account of these credentials, from the cache or by verifying the password.
    async fn identify<B: PasswordStore>(
        &self,
        context: &AuthContext<B>,
        request: &Parts,
        word: &[u8],
    ) -> Result<B::User, AuthError> {
        match find_remembered(context, word).await? {
            Some(user) => Ok(user),
            None => Box::pin(self.verify(context, request, word)).await,
        }
    }

    /// Returns the account of these credentials, and caches them if they are right.
    async fn verify<B: PasswordStore>(
        &self,
        context: &AuthContext<B>,
        request: &Parts,
        word: &[u8],
    ) -> Result<B::User, AuthError> {
        let pair = decode(word)?;
        let (username, password) = pair.split_once(':').ok_or_else(not_base64)?;
        if pair.chars().any(char::is_control) {
            return Err(wrong());
        }
        let attempt = Attempt { username, password, scheme: Some(Self::NAME), is_counted: self.counted };
        let record = attempt.check(context, request).await?.ok_or_else(wrong)?;
        let passwords = context.passwords();
        if let (Some(remembered), Some(hash)) = (passwords.remembered(), &record.hash)
            && !passwords.is_outdated(hash)
        {
            remembered.insert(word, username, hash);
        }
        Ok(record.user)
    }
}

fn decode(word: &[u8]) -> Result<Zeroizing<String>, AuthError> {
    let word = std::str::from_utf8(word).map_err(|_| not_base64())?;
    let bytes = Base64::decode_vec(word).map_err(|_| not_base64())?;
    Ok(Zeroizing::new(String::from_utf8(bytes).unwrap_or_else(|error| {
        let latin1 = Zeroizing::new(error.into_bytes());
        latin1.iter().copied().map(char::from).collect()
    })))
}

fn malformed(fault: MalformedAuthorization) -> AuthError {
    match fault {
        MalformedAuthorization::NoCredentials => failed!(Basic, "Invalid basic header. No credentials provided."),
        MalformedAuthorization::Spaces => {
            failed!(Basic, "Invalid basic header. Credentials string should not contain spaces.")
        }
    }
}

fn not_base64() -> AuthError {
    failed!(Basic, "Invalid basic header. Credentials not correctly base64 encoded.")
}

fn wrong() -> AuthError {
    failed!(Basic, "Invalid username/password.")
}
