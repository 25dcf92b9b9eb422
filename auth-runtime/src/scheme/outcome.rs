//! The result of a scheme: [`Outcome`].

use crate::body::DeferredBody;
use crate::cross_site::{DeferredCsrf, LoginSecret};
use crate::refusal::AuthError;

/// What a scheme returns: an outcome, or the reason for a refusal.
pub type SchemeResult<U, A = ()> = Result<Outcome<U, A>, AuthError>;

/// The result of a scheme.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<U, A = ()> {
    /// The request has no credentials for this scheme: the next one is asked.
    Skipped,
    /// The credentials are right.
    Authenticated(U, A),
    /// The request has no credentials, but an unauthenticated request has this user and auth. The chain ends here and the
    /// request stays anonymous. For a scheme at the end of a chain that replaces the anonymous default. A handler only sees the
    /// auth as an `Option`: an `#[auth]` argument without one needs an authenticated caller.
    Anonymous(Option<U>, Option<A>),
    /// The credentials are right, provided that what the scheme defers is verified.
    ///
    /// [`Session`](crate::scheme::Session) defers the CSRF secret of its login. A scheme for signed bodies defers the verifier
    /// of the body: the request is refused unless [`BodyLayer`](crate::body::BodyLayer) is around the router.
    Deferred(U, A, Deferred),
}

impl<U, A> Outcome<U, A> {
    /// Converts the user, for a scheme that wraps another.
    pub fn map_user<V>(self, map: impl FnOnce(U) -> V) -> Outcome<V, A> {
        match self {
            Self::Skipped => Outcome::Skipped,
            Self::Authenticated(user, auth) => Outcome::Authenticated(map(user), auth),
            Self::Anonymous(user, auth) => Outcome::Anonymous(user.map(map), auth),
            Self::Deferred(user, auth, check) => Outcome::Deferred(map(user), auth, check),
        }
    }
}

/// What a scheme defers because it cannot verify it: a [`DeferredBody`], or the CSRF secret of a login. See
/// [`Outcome::Deferred`](crate::Outcome::Deferred).
#[derive(Debug)]
pub struct Deferred(pub(crate) Box<ToVerify>);

/// What remains to be verified when a scheme has identified the caller.
#[derive(Debug, Default)]
pub(crate) struct ToVerify {
    /// Present if the caller has a login cookie: what the CSRF token of the request must match.
    pub(crate) login: Option<LoginSecret>,
    /// Present once the CSRF check needs the field of a form.
    pub(crate) form: Option<DeferredCsrf>,
    pub(crate) body: Option<DeferredBody>,
}

impl Deferred {
    /// Returns a value with nothing to verify.
    pub(crate) fn nothing() -> Self {
        Self(Box::default())
    }
}

impl From<LoginSecret> for Deferred {
    fn from(secret: LoginSecret) -> Self {
        Self(Box::new(ToVerify { login: Some(secret), ..ToVerify::default() }))
    }
}

impl From<DeferredBody> for Deferred {
    fn from(body: DeferredBody) -> Self {
        Self(Box::new(ToVerify { body: Some(body), ..ToVerify::default() }))
    }
}
