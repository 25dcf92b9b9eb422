//! Keys and times of counters in memory.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// The SHA-256 digest of a key: of one length, whatever a caller sends.
pub(super) type Key = [u8; 32];

pub(super) fn digest(key: &str) -> Key {
    Sha256::digest(key).into()
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A window is not made shorter by a fraction of a millisecond.
pub(super) fn millis_up(window: Duration) -> u64 {
    u64::try_from(window.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
