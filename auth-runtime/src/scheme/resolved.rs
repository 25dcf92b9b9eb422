//! The result of a chain for a request: [`Resolved`].

use http::request::Parts;

use super::authenticator::Authenticator;
use super::outcome::{Deferred, Outcome, SchemeResult};
use crate::context::settings::Settings;
use crate::cross_site;
use crate::cross_site::{Checked, CsrfCheck};
use crate::identity::{Identity, User};
use crate::refusal::{AuthError, fixed};
use crate::store::LoginCredentials;

/// The result of a chain for a request.
///
/// Its user is private: only [`Auth`](crate::Auth) can read it, after checking that the account is active and that the request
/// was not caused by a page of another origin. So a scheme, chain or policy cannot skip these checks.
///
/// A [`Chain`](crate::Chain) or [`Policy`](trait@crate::Policy) written by hand builds one from the outcome of a scheme:
///
/// ```
/// use auth_runtime::http::request::Parts;
/// use auth_runtime::scheme::Token;
/// use auth_runtime::store::{AccessToken, Backend, TokenStore};
/// use auth_runtime::{AuthError, AuthState, Resolved, Scheme};
///
/// async fn resolve<S: AuthState<Backend: TokenStore>>(
///     request: &Parts,
///     state: &S,
/// ) -> Result<Resolved<<S::Backend as Backend>::User, AccessToken>, AuthError> {
///     let token = Token { keyword: "Bearer" };
///     Ok(Resolved::from_scheme::<Token>(token.authenticate(request, state).await?))
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Resolved<U, A> {
    user: Option<U>,
    auth: Option<A>,
    scheme: Option<&'static SchemeFacts>,
    deferred: Option<Deferred>,
    client: Option<String>,
}

/// The name that [`Identity::scheme`](crate::Identity::scheme) reports of a forced user.
#[cfg(feature = "test")]
pub const FORCED: &str = "Forced";

/// What is known of a scheme besides its outcome.
#[derive(Debug)]
struct SchemeFacts {
    name: &'static str,
    csrf: CsrfCheck,
}

impl SchemeFacts {
    /// Returns a reference to a constant, which is cheap to copy.
    const fn of<T: Authenticator>() -> &'static Self {
        const { &Self { name: T::NAME, csrf: T::CSRF } }
    }
}

/// A caller that passed the checks of [`Resolved`], or an anonymous one.
#[derive(Debug)]
pub(crate) struct Accepted<U, A> {
    pub(crate) identity: Identity<U>,
    pub(crate) auth: Option<A>,
    /// What is still to be verified once the permission has been granted.
    pub(crate) deferred: Option<Deferred>,
    /// The client of the caller's login, if a throttle counts by it.
    pub(crate) client: Option<String>,
}

impl<U, A> Resolved<U, A> {
    /// Returns the result for a request that every scheme skipped.
    pub fn anonymous() -> Self {
        Self::anonymous_as(None, None)
    }

    /// Returns the result for a request that no scheme identified. `user` and `auth` replace the missing user and credentials.
    pub fn anonymous_as(user: Option<U>, auth: Option<A>) -> Self {
        Self { user, auth, scheme: None, deferred: None, client: None }
    }

    /// Returns the result of the scheme `T`.
    pub fn from_scheme<T: Authenticator>(outcome: Outcome<U, A>) -> Self {
        Self::picked::<T, A>(outcome, Some)
    }

    #[inline]
    fn picked<T: Authenticator, B>(outcome: Outcome<U, B>, pick: impl FnOnce(B) -> Option<A>) -> Self {
        let (user, auth, deferred) = match outcome {
            Outcome::Authenticated(user, auth) => (user, auth, None),
            Outcome::Deferred(user, auth, deferred) => (user, auth, Some(deferred)),
            Outcome::Anonymous(user, auth) => return Self::anonymous_as(user, auth.and_then(pick)),
            Outcome::Skipped => return Self::anonymous(),
        };
        Self { user: Some(user), auth: pick(auth), scheme: Some(SchemeFacts::of::<T>()), deferred, client: None }
    }

    /// Converts the outcome of the scheme `T`, keeping the credentials that `pick` takes.
    #[inline]
    pub(crate) fn decided<T: Authenticator>(
        verdict: SchemeResult<U, T::Auth>,
        pick: impl FnOnce(T::Auth) -> Option<A>,
    ) -> Result<Self, AuthError> {
        match verdict {
            Ok(outcome) => Ok(Self::picked::<T, T::Auth>(outcome, pick)),
            Err(error) => Err(error.in_scheme(T::NAME)),
        }
    }

    /// Returns a user that a test forces on a request, without credentials.
    #[cfg(feature = "test")]
    pub(crate) fn forced(user: U, auth: Option<A>) -> Self {
        static FACTS: SchemeFacts = SchemeFacts { name: FORCED, csrf: CsrfCheck::Off };
        Self { user: Some(user), auth, scheme: Some(&FACTS), deferred: None, client: None }
    }

    /// Keeps only what `pick` takes out of the credentials.
    pub fn pick<B>(self, pick: impl FnOnce(A) -> Option<B>) -> Resolved<U, B> {
        let Self { user, auth, scheme, deferred, client } = self;
        Resolved { user, auth: auth.and_then(pick), scheme, deferred, client }
    }

    /// Adds the client of the credentials.
    pub fn with_client(self) -> Self
    where
        A: LoginCredentials,
    {
        let client = self.auth.as_ref().and_then(LoginCredentials::client).map(str::to_owned);
        Self { client: client.or(self.client), ..self }
    }

    /// Checks what holds for every caller, whichever scheme identified them: the account is active, and no page of another
    /// origin caused the request. `verifies_form` states whether the handler verifies the field of a form.
    ///
    /// This is the only way to get the user.
    ///
    /// # Errors
    ///
    /// In the name of the scheme: [`AuthError::authentication_failed`] with the code `user_inactive`, or 403 `csrf_failed`.
    #[inline]
    pub(crate) fn accept(
        self,
        request: &Parts,
        settings: &Settings,
        verifies_form: bool,
    ) -> Result<Accepted<U, A>, AuthError>
    where
        U: User,
    {
        let Self { user, auth, scheme, mut deferred, client } = self;
        let (user, scheme) = match (user, scheme) {
            (Some(user), Some(scheme)) => (user, scheme),
            (user, _) => return Ok(Accepted { identity: Identity::anonymous(user), auth, deferred, client }),
        };
        let refused = |error: AuthError| error.in_scheme(scheme.name);
        // An anonymous user is not an account that could be disabled, and gets no further than an anonymous caller.
        if !user.is_active() && !user.is_anonymous() {
            return Err(refused(fixed!(AuthenticationFailed, "User inactive or deleted.", "user_inactive")));
        }
        let login = deferred.as_ref().and_then(|deferred| deferred.0.login.as_ref());
        let check = match (scheme.csrf, login) {
            // A scheme that wraps `Session` but does not declare it.
            (CsrfCheck::Browser, Some(_)) => CsrfCheck::Cookie,
            (check, _) => check,
        };
        if let Checked::NeedsForm(form) = cross_site::check(request, settings, check, login).map_err(refused)? {
            if verifies_form {
                deferred.get_or_insert_with(Deferred::nothing).0.form = Some(form);
            } else {
                form.without_form().map_err(refused)?;
            }
        }
        Ok(Accepted { identity: Identity::authenticated(user, scheme.name), auth, deferred, client })
    }
}
