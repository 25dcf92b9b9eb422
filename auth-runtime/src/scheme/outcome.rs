//! What a scheme says of a request: [`Outcome`].

use crate::body::DeferredBody;
use crate::cross_site::{DeferredCsrf, LoginSecret};
use crate::refusal::AuthError;

/// What a scheme says of a request, or why it refuses it.
pub type SchemeResult<U, A = ()> = Result<Outcome<U, A>, AuthError>;

/// What a scheme says of a request.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<U, A = ()> {
    /// The request carries no credentials for this scheme: the next one is asked.
    Skipped,
    /// The credentials are right.
    Authenticated(U, A),
    /// No credentials, but this is the user and auth that an unauthenticated request has: the chain ends here and the
    /// request stays anonymous. For a scheme at the end of a chain that replaces the anonymous default. A handler sees the auth
    /// in an `Option` alone: an `#[auth]` argument without one needs an authenticated caller.
    Anonymous(Option<U>, Option<A>),
    /// The credentials are right, provided that what the scheme hands on holds.
    ///
    /// [`Session`](crate::scheme::Session) hands on the CSRF secret of its login. A scheme for signed bodies hands on what
    /// verifies the body: the request is refused unless [`BodyLayer`](crate::body::BodyLayer) is around the router.
    Deferred(U, A, Deferred),
}

impl<U, A> Outcome<U, A> {
    /// The same outcome for another user type, for a scheme that wraps another.
    pub fn map_user<V>(self, map: impl FnOnce(U) -> V) -> Outcome<V, A> {
        match self {
            Self::Skipped => Outcome::Skipped,
            Self::Authenticated(user, auth) => Outcome::Authenticated(map(user), auth),
            Self::Anonymous(user, auth) => Outcome::Anonymous(user.map(map), auth),
            Self::Deferred(user, auth, check) => Outcome::Deferred(map(user), auth, check),
        }
    }
}

/// What a scheme hands on because it cannot verify it: a [`DeferredBody`], or the CSRF secret of a login. See
/// [`Outcome::Deferred`](crate::Outcome::Deferred).
#[derive(Debug)]
pub struct Deferred(pub(crate) Box<ToVerify>);

/// What is to be verified when a scheme has identified the caller.
#[derive(Debug, Default)]
pub(crate) struct ToVerify {
    /// There for a caller with a login cookie: what the CSRF token of the request must match.
    pub(crate) login: Option<LoginSecret>,
    /// There once the CSRF check needs the field of a form.
    pub(crate) form: Option<DeferredCsrf>,
    pub(crate) body: Option<DeferredBody>,
}

impl Deferred {
    /// With nothing to verify yet.
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
