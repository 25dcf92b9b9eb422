//! For tests of applications: [`force_authenticate`], requests as a browser sends them ([`Client`], [`RequestBuilder`]), and
//! [`RecordedEvents`]. Behind the feature `test`.
//!
//! The clock of a test is [`Clock::manual`](crate::Clock::manual). The [guide](crate::guide::testing) shows all of it.
//!
//! No request can switch any of this on: what is forced stands in the extensions of a request, under types that only this
//! module can name, and no server fills extensions from what it receives.

mod answer;
mod client;
mod cookies;
mod events;
mod request;

use std::fmt;
use std::sync::Arc;

use http::Request;
use http::request::Parts;

use crate::identity::User;
use crate::resolved::Resolved;

pub use self::answer::Answer;
pub use self::client::Client;
pub use self::events::{RecordedEvent, RecordedEvents};
pub use self::request::RequestBuilder;

/// The name that [`Identity::scheme`](crate::Identity::scheme) reports of a forced user.
pub const FORCED: &str = "Forced";

/// Makes a value for each extractor that asks: a guard of a router and a handler behind it may both.
type Make<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// The user of [`force_authenticate`].
struct ForcedUser<U>(Make<U>);

/// The credentials of [`force_credentials`].
struct ForcedCredentials<A>(Make<A>);

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
pub fn force_authenticate<B, U: User + Clone>(request: &mut Request<B>, user: U) {
    request.extensions_mut().insert(ForcedUser::<U>(Arc::new(move || user.clone())));
}

/// Gives a forced user these credentials, for handlers with an `#[auth]` argument.
pub fn force_credentials<B, A: Clone + Send + Sync + 'static>(request: &mut Request<B>, auth: A) {
    request.extensions_mut().insert(ForcedCredentials::<A>(Arc::new(move || auth.clone())));
}

pub(crate) fn forced<U: User, A: Send + 'static>(parts: &Parts) -> Option<Resolved<U, A>> {
    let user = parts.extensions.get::<ForcedUser<U>>()?.0();
    let auth = parts.extensions.get::<ForcedCredentials<A>>().map(|auth| auth.0());
    Some(Resolved::forced(user, auth))
}

/// What was said wrongly of a request: a test cannot go on.
#[track_caller]
fn expect<T, E: fmt::Display>(result: Result<T, E>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error}"),
    }
}
