//! How times, ids and digests are written in Redis.

use std::time::Duration;

use auth_runtime::store::{Id, StoreError};

pub(super) fn failed(error: redis::RedisError) -> StoreError {
    StoreError::new(error)
}

/// Ids in Redis are negative, so that none is taken for one of the store behind.
pub(super) fn own(id: i64) -> Id {
    Id::from(-id)
}

/// The number in an id of this store.
pub(super) fn own_number(id: &Id) -> Option<i64> {
    id.number().filter(|&number| number < 0).and_then(i64::checked_neg)
}

/// Whole milliseconds.
pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds, or nothing.
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
