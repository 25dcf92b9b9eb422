//! [`KeyFileError`].

use std::fmt;

/// Why a key file could not be read. The message names the file and the entry at fault, and says what to do.
#[derive(Debug)]
pub struct KeyFileError(pub(super) String);

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for KeyFileError {}
