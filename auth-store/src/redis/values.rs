//! Formats of times, ids and digests in Redis.

use std::time::Duration;

use auth_runtime::store::{Id, StoreError};

pub(super) fn failed(error: redis::RedisError) -> StoreError {
    StoreError::new(error)
}

/// Returns an id of this store. Ids in Redis are negative, so that they differ from those of the inner store.
pub(super) fn own(id: i64) -> Id {
    Id::from(-id)
}

/// Returns the number in an id of this store; `None` for an id of another form.
pub(super) fn own_number(id: &Id) -> Option<i64> {
    id.number().filter(|&number| number < 0).and_then(i64::checked_neg)
}

/// Returns the time in whole milliseconds.
pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Returns the time in milliseconds, or an empty string.
pub(super) fn maybe_millis(time: Option<Duration>) -> String {
    time.map(|time| millis(time).to_string()).unwrap_or_default()
}

pub(super) fn hex(digest: &auth_runtime::Digest) -> String {
    use std::fmt::Write as _;
    digest.as_bytes().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
