//! The errors of key rings.

use std::fmt;

use crate::sealing::SealingError;

/// Why a key cannot be in a ring, or a text is not a ring. The message says which key, and contains nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidKeyRing(pub(super) String);

impl fmt::Display for InvalidKeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidKeyRing {}

/// Why a sealed ring could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenKeyRingError {
    /// No sealing key opens it.
    Sealing(SealingError),
    /// It was opened, but its content is not a ring.
    Invalid(InvalidKeyRing),
}

impl fmt::Display for OpenKeyRingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealing(error) => error.fmt(f),
            Self::Invalid(error) => error.fmt(f),
        }
    }
}

// The message includes that of the cause, so the cause is not returned as the source as well.
impl std::error::Error for OpenKeyRingError {}
