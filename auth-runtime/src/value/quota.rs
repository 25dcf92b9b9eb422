//! The quota of a throttled request: [`Quota`].

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use super::limit::Limit;

/// The quota of a throttle, as named in the `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers-10).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Quota {
    /// Its name: letters, digits, `-` and `_`.
    pub name: &'static str,
    /// Its size.
    pub limit: Limit,
}

/// Returns the fields `RateLimit-Policy` and `RateLimit` of a refusal. Each quota comes with the time until it is available
/// again.
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
