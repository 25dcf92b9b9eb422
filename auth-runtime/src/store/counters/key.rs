//! Keys and times of counters in memory.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// The SHA-256 digest of a key: always of the same length, whatever a caller sends.
pub(super) type Key = [u8; 32];

pub(super) fn digest(key: &str) -> Key {
    Sha256::digest(key).into()
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Rounds up, so that a window is never shorter than configured.
pub(super) fn millis_up(window: Duration) -> u64 {
    u64::try_from(window.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
