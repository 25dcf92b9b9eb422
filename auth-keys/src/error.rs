//! [`InvalidKey`]: why something is not a usable key.

use std::fmt;

/// Bytes or text that are not a usable key. The message says why, and never contains a part of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidKey(String);

impl InvalidKey {
    /// Creates an error with this reason: for crates that have further requirements of a key.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidKey {}
