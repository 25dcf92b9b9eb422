//! For tests of handlers: [`force_authenticate`]. Behind the feature `test`.

use std::sync::{Arc, Mutex, PoisonError};

use http::Request;
use http::request::Parts;

use crate::identity::{Identity, User};

/// The name that [`Identity::scheme`] reports of a forced user.
pub const FORCED: &str = "Forced";

/// A value that a test put among a request's extensions, taken by the extractor that it fits.
struct Forced<T>(Arc<Mutex<Option<T>>>);

impl<T> Forced<T> {
    fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(Some(value))))
    }

    fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Clone for Forced<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The user of [`force_authenticate`].
#[derive(Clone)]
struct ForcedUser<U>(Forced<U>);

/// The credentials of [`force_credentials`].
#[derive(Clone)]
struct ForcedCredentials<A>(Forced<A>);

/// Makes `request` come from `user`, whatever its credentials: no scheme is asked, permissions are.
///
/// A request from outside cannot do this: what is forced stands in its extensions, which only code can fill.
///
/// ```
/// use auth_runtime::testing::force_authenticate;
/// # #[derive(Clone)] struct Account;
/// # impl auth_runtime::User for Account { fn id(&self) -> std::borrow::Cow<'_, str> { "1".into() } }
/// let mut request = axum::http::Request::get("/me").body(axum::body::Body::empty()).unwrap();
/// force_authenticate(&mut request, Account);
/// ```
pub fn force_authenticate<B, U: User>(request: &mut Request<B>, user: U) {
    request.extensions_mut().insert(Arc::new(ForcedUser(Forced::new(user))));
}

/// Gives a forced user these credentials, for handlers with an `#[auth]` argument.
pub fn force_credentials<B, A: Send + 'static>(request: &mut Request<B>, auth: A) {
    request.extensions_mut().insert(Arc::new(ForcedCredentials(Forced::new(auth))));
}

pub(crate) fn forced<U: User, A: Send + 'static>(parts: &Parts) -> Option<(Identity<U>, Option<A>)> {
    let user = parts.extensions.get::<Arc<ForcedUser<U>>>()?.0.take()?;
    let auth = parts.extensions.get::<Arc<ForcedCredentials<A>>>().and_then(|auth| auth.0.take());
    Some((Identity::authenticated(user, FORCED), auth))
}
