//! Decides which time of a last use to keep.
//!
//! A last use that is ahead of the clock was written before the clock was set back, and is replaced. If the creation time is
//! ahead of the clock as well, the clock itself is probably wrong, as on a machine that boots in 1970; then nothing is
//! replaced.

use std::time::Duration;

use auth_runtime::store::{Id, LAST_USE_TOLERANCE};

/// How far ahead of the clock a last use may be before a sweep corrects it.
pub(crate) const SWEPT_AHEAD: Duration = Duration::from_secs(86_400);

/// Returns the latest plausible time when these uses are recorded: a later one was recorded before the clock was set back.
pub(crate) fn latest(used: &[(Id, Duration)]) -> Duration {
    used.iter().map(|(_, at)| latest_at(*at)).max().unwrap_or_default()
}

/// Returns the latest plausible time at `now`.
pub(crate) fn latest_at(now: Duration) -> Duration {
    now.saturating_add(LAST_USE_TOLERANCE)
}

/// Returns whether the last use of something created at `created` is implausible.
pub(crate) fn is_wrong(created: Duration, last_used: Duration, latest: Duration) -> bool {
    last_used > latest && created <= latest
}

/// Returns the later of the stored time and a new use, or the new use if the stored time is implausible.
pub(crate) fn newer(created: Duration, kept: Duration, at: Duration, latest: Duration) -> Duration {
    if is_wrong(created, kept, latest) { at } else { kept.max(at) }
}
