//! What a chain found out about a request: [`Resolved`], and the one way to it.

use http::request::Parts;

use super::authenticator::Authenticator;
use super::outcome::{Deferred, Outcome, SchemeResult};
use crate::context::settings::Settings;
use crate::cross_site;
use crate::cross_site::{Checked, CsrfCheck};
use crate::identity::{Identity, User};
use crate::refusal::{AuthError, fixed};
use crate::store::LoginCredentials;

/// What a chain found out about a request.
///
/// Its user cannot be read: only [`Auth`](crate::Auth) gets at it, after checking that the account is active and that no page of
/// another origin made the browser send the request. So no scheme, chain or policy can leave these checks out.
///
/// A [`Chain`](crate::Chain) or [`Policy`](trait@crate::Policy) written by hand makes one from what a scheme says:
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

/// What is known of a scheme besides what it says of a request.
#[derive(Debug)]
struct SchemeFacts {
    name: &'static str,
    csrf: CsrfCheck,
}

impl SchemeFacts {
    /// As a pointer to a constant, which is cheap to carry.
    const fn of<T: Authenticator>() -> &'static Self {
        const { &Self { name: T::NAME, csrf: T::CSRF } }
    }
}

/// A caller who may be asked for permission, or an anonymous one.
#[derive(Debug)]
pub(crate) struct Accepted<U, A> {
    pub(crate) identity: Identity<U>,
    pub(crate) auth: Option<A>,
    /// What is still to be verified, once the caller has the permission.
    pub(crate) deferred: Option<Deferred>,
    /// The client of the login that the caller came with, where a throttle counts by it.
    pub(crate) client: Option<String>,
}

impl<U, A> Resolved<U, A> {
    /// No scheme had anything to say.
    pub fn anonymous() -> Self {
        Self::anonymous_as(None, None)
    }

    /// No scheme identified the caller. `user` and `auth` stand in for a user and credentials.
    pub fn anonymous_as(user: Option<U>, auth: Option<A>) -> Self {
        Self { user, auth, scheme: None, deferred: None, client: None }
    }

    /// What the scheme `T` says.
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

    /// What the verdict of the scheme `T` comes to, with the credentials that `pick` takes.
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

    /// A user whom a test forces upon a request, by no credentials at all.
    #[cfg(feature = "test")]
    pub(crate) fn forced(user: U, auth: Option<A>) -> Self {
        static FACTS: SchemeFacts = SchemeFacts { name: FORCED, csrf: CsrfCheck::Off };
        Self { user: Some(user), auth, scheme: Some(&FACTS), deferred: None, client: None }
    }

    /// The same with the credentials that `pick` takes out of them.
    pub fn pick<B>(self, pick: impl FnOnce(A) -> Option<B>) -> Resolved<U, B> {
        let Self { user, auth, scheme, deferred, client } = self;
        Resolved { user, auth: auth.and_then(pick), scheme, deferred, client }
    }

    /// The same with the client of the credentials.
    pub fn with_client(self) -> Self
    where
        A: LoginCredentials,
    {
        let client = self.auth.as_ref().and_then(LoginCredentials::client).map(str::to_owned);
        Self { client: client.or(self.client), ..self }
    }

    /// Checks what holds for every caller, whichever scheme identified them: the account is active, and no page of another
    /// origin made the browser send the request. `verifies_form` says whether the handler verifies the field of a form.
    ///
    /// This is the only way to the user.
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
        // One that stands for nobody is no account that could be disabled, and gets no further than an anonymous caller.
        if !user.is_active() && !user.is_anonymous() {
            return Err(refused(fixed!(AuthenticationFailed, "User inactive or deleted.", "user_inactive")));
        }
        let login = deferred.as_ref().and_then(|deferred| deferred.0.login.as_ref());
        let check = match (scheme.csrf, login) {
            // A scheme that wraps `Session` and does not say so.
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
