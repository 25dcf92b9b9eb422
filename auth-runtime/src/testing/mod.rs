//! For tests of applications: [`force_authenticate`], requests as a browser sends them ([`Client`], [`RequestBuilder`]), and
//! [`RecordedEvents`]. Behind the feature `test`.
//!
//! The clock of a test is [`Clock::manual`](crate::Clock::manual). The [guide](crate::guide::testing) shows all of it.
//!
//! A request from outside cannot enable any of this: forced users are stored in a request's extensions, under types that only
//! this module can name, and a server does not fill extensions from the data that it receives.

mod answer;
mod client;
mod cookies;
mod events;
mod request;

use std::fmt;

use http::Request;

use crate::identity::User;
use crate::scheme::forced::{ForcedCredentials, ForcedUser};
pub use crate::scheme::resolved::FORCED;

pub use self::answer::Answer;
pub use self::client::Client;
pub use self::events::{RecordedEvent, RecordedEvents};
pub use self::request::RequestBuilder;

/// Makes `request` come from `user`, whatever its credentials: schemes are skipped, permissions still apply.
///
/// A request from outside cannot do this: the user is stored in the request's extensions, which only code can fill.
///
/// ```
/// use auth_runtime::testing::force_authenticate;
/// # #[derive(Clone)] struct Account;
/// # impl auth_runtime::User for Account { fn id(&self) -> std::borrow::Cow<'_, str> { "1".into() } }
/// let mut request = axum::http::Request::get("/me").body(axum::body::Body::empty()).unwrap();
/// force_authenticate(&mut request, Account);
/// ```
pub fn force_authenticate<B, U: User + Clone>(request: &mut Request<B>, user: U) {
    request.extensions_mut().insert(ForcedUser::<U>::new(move || user.clone()));
}

/// Gives a forced user these credentials, for handlers with an `#[auth]` argument.
pub fn force_credentials<B, A: Clone + Send + Sync + 'static>(request: &mut Request<B>, auth: A) {
    request.extensions_mut().insert(ForcedCredentials::<A>::new(move || auth.clone()));
}

/// Panics about an invalid request, since a test cannot continue with it.
#[track_caller]
fn expect<T, E: fmt::Display>(result: Result<T, E>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error}"),
    }
}
