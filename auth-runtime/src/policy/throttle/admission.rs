//! [`Throttle`]: a rule that decides whether a caller may make another request.

use std::future::Future;
use std::time::Duration;

use crate::identity::Access;
use crate::refusal::AuthError;
use crate::value::quota::Quota;

/// The decision of a throttle on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Admission {
    /// The request is allowed and was counted.
    Granted,
    /// The limit is reached. The request was not counted.
    Refused {
        /// How long until another request is allowed. `None` means unknown.
        wait: Option<Duration>,
        /// The quota that is used up, for the `RateLimit` fields of the answer.
        quota: Option<Quota>,
    },
}

/// A rule that decides whether a caller may make another request.
///
/// `#[throttle(..)]` names it. Throttles are asked after the permission, so that a refused request does not consume quota. All
/// of them are asked, and the answer states the longest wait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a throttle for the user `{U}` and the router state `{S}`",
    label = "not a throttle here",
    note = "implement `Throttle<{S}, {U}>` for `{Self}`; the built-in ones are `user`, `anon`, `client` and `scope`, as in \
            `#[throttle(user = \"1000/day\")]`"
)]
pub trait Throttle<S, U>: Send + Sync + 'static {
    /// Counts the request, or refuses it.
    ///
    /// # Errors
    ///
    /// If it cannot be counted: the request is refused with the error.
    fn admit(&self, access: &Access<'_, S, U>) -> impl Future<Output = Result<Admission, AuthError>> + Send;
}

/// The refusals of several throttles.
#[derive(Debug, Default)]
pub struct Rejections {
    is_refused: bool,
    wait: Option<Duration>,
    quotas: Vec<(Quota, Option<Duration>)>,
}

impl Rejections {
    /// Adds the decision of a throttle.
    pub fn add(&mut self, admission: Admission) {
        if let Admission::Refused { wait, quota } = admission {
            self.is_refused = true;
            self.wait = self.wait.max(wait);
            self.quotas.extend(quota.map(|quota| (quota, wait)));
        }
    }

    /// Returns the answer to all of them: 429 with the longest wait.
    ///
    /// # Errors
    ///
    /// If one of them refused.
    pub fn finish(self) -> Result<(), AuthError> {
        if self.is_refused { Err(AuthError::throttled(self.wait).with_quotas(self.quotas)) } else { Ok(()) }
    }
}
