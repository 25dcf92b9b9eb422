//! [`Throttle`]: a rule that says whether a caller may make one request more.

use std::future::Future;
use std::time::Duration;

use crate::identity::Access;
use crate::refusal::AuthError;
use crate::value::quota::Quota;

/// What a throttle says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Admission {
    /// It is one of those that may be made, and is counted.
    Granted,
    /// It is one too many, and is not counted.
    Refused {
        /// How long until one may be made; `None` where nobody knows.
        wait: Option<Duration>,
        /// What was used up, for the `RateLimit` fields of the answer.
        quota: Option<Quota>,
    },
}

/// A rule that says whether a caller may make one request more.
///
/// `#[throttle(..)]` names it. Throttles are asked after the permission, so that a refused caller uses nothing up; all of them
/// are asked, and the longest wait is told.
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
    /// When it cannot be counted: the request is refused with the error.
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
    /// Takes note of what a throttle said.
    pub fn add(&mut self, admission: Admission) {
        if let Admission::Refused { wait, quota } = admission {
            self.is_refused = true;
            self.wait = self.wait.max(wait);
            self.quotas.extend(quota.map(|quota| (quota, wait)));
        }
    }

    /// The answer to all of them: 429 with the longest wait.
    ///
    /// # Errors
    ///
    /// When one of them refused.
    pub fn finish(self) -> Result<(), AuthError> {
        if self.is_refused { Err(AuthError::throttled(self.wait).with_quotas(self.quotas)) } else { Ok(()) }
    }
}
