//! [`Session`]: a browser that logged in.

use http::header::COOKIE;
use http::request::Parts;

use super::authenticator::{Authenticator, Scheme};
use super::outcome::{Outcome, SchemeResult};
use super::source::{CheckedScheme, CredentialSource};
use crate::context::login_cookie::cookie_digest;
use crate::context::state::AuthState;
use crate::cross_site::{self, CsrfCheck, LoginSecret};
use crate::identity::User;
use crate::store::{Backend, Login, LoginStore};
use crate::wire::challenge::{Challenge, is_header_text};

/// The login cookie, an opaque token (RFC 6265).
///
/// One lookup of its SHA-256 digest finds the login and its account. An unknown or expired cookie or an inactive account is not
/// an error: the next scheme is asked. Requests are [checked for forgery](crate::csrf); a failed check always results in 403.
///
/// ```
/// # use auth_runtime::{authenticate, scheme::Session, permission::IsAuthenticated};
/// #[authenticate(Session)]
/// #[permit(IsAuthenticated)]
/// async fn report() -> &'static str {
///     "figures"
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct Session {
    /// The value of `WWW-Authenticate` if this scheme is first. Empty by default, which means none: 403 instead of 401.
    pub challenge: &'static str,
}

impl Session {
    /// Checks the options at compile time.
    ///
    /// # Panics
    ///
    /// If an option is not valid.
    #[track_caller]
    pub const fn declare(self) -> CheckedScheme<Self> {
        assert!(
            is_header_text(self.challenge),
            "`challenge` has a control character, which no header may carry; remove it"
        );
        CheckedScheme { claim: CredentialSource::Login, scheme: self }
    }
}

impl Authenticator for Session {
    type Auth = Login;
    const NAME: &'static str = "Session";
    const DEFAULT: Self = Self { challenge: "" };
    const CSRF: CsrfCheck = CsrfCheck::Cookie;
}

impl<S: AuthState> Scheme<S> for Session
where
    S::Backend: LoginStore,
{
    type User = <S::Backend as Backend>::User;

    async fn authenticate(&self, request: &Parts, state: &S) -> SchemeResult<Self::User, Login> {
        let context = state.auth_context();
        let (backend, settings) = (context.backend(), context.settings());
        let Some(digest) = cookie_digest(&request.headers, settings) else { return Ok(Outcome::Skipped) };
        let now = settings.clock().now();
        let Some(mut record) = backend.find_login(&digest).await? else { return Ok(Outcome::Skipped) };
        let is_note_old = context.refresh_login(&mut record.login, now);
        if record.login.has_expired(now) || !record.user.is_active() {
            return Ok(Outcome::Skipped);
        }
        let secret = LoginSecret(record.csrf_secret);
        // A request that another site caused is refused after the chain and does not count as a use of the login.
        if is_note_old && cross_site::check(request, settings, Self::CSRF, Some(&secret)).is_ok() {
            context.note_login_use(&record.login, now);
        }
        if cross_site::needs_no_token(request, settings) {
            return Ok(Outcome::Authenticated(record.user, record.login));
        }
        Ok(Outcome::Deferred(record.user, record.login, secret.into()))
    }

    fn is_addressed(&self, request: &Parts, _: &S) -> bool {
        request.headers.contains_key(COOKIE)
    }

    fn challenge(&self) -> Option<Challenge> {
        (!self.challenge.is_empty()).then(|| Challenge::verbatim(self.challenge))
    }
}
