//! Users that a test forces on a request. Behind the feature `test`.

use std::sync::Arc;

use http::request::Parts;

use super::resolved::Resolved;
use crate::identity::User;

/// Creates a value for each extractor that needs it: both a guard of a router and the handler behind it may.
type Make<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// The user of [`force_authenticate`](crate::testing::force_authenticate).
pub(crate) struct ForcedUser<U>(Make<U>);

/// The credentials of [`force_credentials`](crate::testing::force_credentials).
pub(crate) struct ForcedCredentials<A>(Make<A>);

impl<U> ForcedUser<U> {
    pub(crate) fn new(make: impl Fn() -> U + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }
}

impl<A> ForcedCredentials<A> {
    pub(crate) fn new(make: impl Fn() -> A + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }
}

impl<U> Clone for ForcedUser<U> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A> Clone for ForcedCredentials<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

pub(crate) fn forced<U: User, A: Send + 'static>(parts: &Parts) -> Option<Resolved<U, A>> {
    let user = parts.extensions.get::<ForcedUser<U>>()?.0();
    let auth = parts.extensions.get::<ForcedCredentials<A>>().map(|auth| auth.0());
    Some(Resolved::forced(user, auth))
}
