//! Which time of a last use is kept.
//!
//! One that lies ahead of the clock was noted before the clock was set back. If what was used was made ahead of the clock as well,
//! it is rather the clock that is wrong, as on a machine that boots in 1970: then nothing is replaced.

use std::time::Duration;

use auth_runtime::store::{Id, LAST_USE_TOLERANCE};

/// How far ahead of the clock a last use may lie until a sweep corrects it.
pub(crate) const SWEPT_AHEAD: Duration = Duration::from_secs(86_400);

/// The latest time that can be right when these uses are noted: what lies after it was noted before the clock was set back.
pub(crate) fn latest(used: &[(Id, Duration)]) -> Duration {
    used.iter().map(|(_, at)| latest_at(*at)).max().unwrap_or_default()
}

/// The latest time that can be right at `now`.
pub(crate) fn latest_at(now: Duration) -> Duration {
    now.saturating_add(LAST_USE_TOLERANCE)
}

/// Whether the last use of what was made then cannot be right.
pub(crate) fn is_wrong(created: Duration, last_used: Duration, latest: Duration) -> bool {
    last_used > latest && created <= latest
}

/// The newer one of the time that is kept and of another use, unless the first cannot be right.
pub(crate) fn newer(created: Duration, kept: Duration, at: Duration, latest: Duration) -> Duration {
    if is_wrong(created, kept, latest) { at } else { kept.max(at) }
}
