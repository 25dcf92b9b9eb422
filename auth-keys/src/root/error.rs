//! The errors of root secrets.

use std::fmt;

use super::VARIABLE;

/// Why a text is not a [`RootSecret`](crate::RootSecret). The error contains no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidRootSecret {
    /// The text, or a part between two commas, is empty.
    Empty,
    /// The text is neither hexadecimal nor base64.
    Encoding,
    /// The secret has less than 32 bytes. Contains its length.
    TooShort(usize),
    /// The secret has less than eight different bytes, so it is not random.
    Repetitive,
    /// The same secret occurs twice.
    Duplicate,
}

impl fmt::Display for InvalidRootSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a root secret is empty; remove the comma, or"),
            Self::Encoding => f.write_str("a root secret is written in hexadecimal digits or in base64, with padding;"),
            Self::TooShort(length) => write!(f, "a root secret has at least 32 bytes, and this one {length};"),
            Self::Repetitive => f.write_str("a root secret is random, and this one repeats a few bytes;"),
            Self::Duplicate => f.write_str("a root secret is there twice; remove one, or"),
        }?;
        f.write_str(" make one with `auth keys root`")
    }
}

impl std::error::Error for InvalidRootSecret {}

/// Why [`RootSecret::from_env`](crate::RootSecret::from_env) failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootSecretError {
    /// The variable is not set, or empty.
    Missing,
    /// The value of the variable is not a root secret.
    Invalid(InvalidRootSecret),
}

impl fmt::Display for RootSecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "{VARIABLE} is not set; set it to what `auth keys root` prints, and keep that"),
            Self::Invalid(error) => write!(f, "{VARIABLE}: {error}"),
        }
    }
}

// The message includes that of the cause, so the cause is not returned as the source as well.
impl std::error::Error for RootSecretError {}
