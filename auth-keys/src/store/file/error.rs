//! [`KeyFileError`].

use std::fmt;

/// Why a key file could not be read: which entry of which file is at fault, and what to do about it.
#[derive(Debug)]
pub struct KeyFileError(pub(super) String);

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for KeyFileError {}
