//! [`Throttle`]: a rule that says whether a caller may make one request more.

use std::future::Future;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::Limit;
use crate::error::AuthError;
use crate::permission::Access;

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

/// What a throttle counts by, as the `RateLimit` fields name it (draft-ietf-httpapi-ratelimit-headers-10).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Quota {
    /// Its name: letters, digits, `-` and `_`.
    pub name: &'static str,
    /// How much it is.
    pub limit: Limit,
}

/// The fields `RateLimit-Policy` and `RateLimit` of an answer to one whose quotas are used up, each with the time until there
/// is some again.
pub(crate) fn fields(quotas: &[(Quota, Option<Duration>)]) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let (mut policies, mut limits) = (Vec::new(), Vec::new());
    for (Quota { name, limit }, wait) in quotas {
        policies.push(format!("\"{name}\";q={};w={}", limit.count, limit.window.as_secs().max(1)));
        let seconds = wait.map(|wait| format!(";t={}", wait.as_millis().div_ceil(1_000)));
        limits.push(format!("\"{name}\";r=0{}", seconds.unwrap_or_default()));
    }
    let fields = [("ratelimit-policy", policies), ("ratelimit", limits)];
    fields.into_iter().filter(|(_, items)| !items.is_empty()).filter_map(|(name, items)| {
        let value = HeaderValue::try_from(items.join(", ")).ok()?;
        Some((HeaderName::from_static(name), value))
    })
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
pub struct Refusals {
    is_refused: bool,
    wait: Option<Duration>,
    quotas: Vec<(Quota, Option<Duration>)>,
}

impl Refusals {
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
