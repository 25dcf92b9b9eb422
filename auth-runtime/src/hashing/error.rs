//! [`HashPasswordError`]: why a password could not be hashed.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

use super::MAX_PASSWORD_BYTES;
use crate::refusal::AuthError;
use crate::store::StoreError;

/// Why a password could not be hashed.
///
/// Converted to an [`AuthError`], it is 400 with the code `password_too_long`, or 503. The latter has `Retry-After: 1` if too
/// many passwords are waiting.
#[derive(Debug)]
#[non_exhaustive]
pub enum HashPasswordError {
    /// The password has more than [`Passwords::MAX_BYTES`](crate::Passwords::MAX_BYTES) bytes.
    TooLong,
    /// Too many passwords are waiting to be hashed: see [`PasswordSettings::queue`](crate::settings::PasswordSettings::queue).
    QueueFull,
    /// The operating system provides no randomness, no thread or no memory.
    Failed(StoreError),
}

impl fmt::Display for HashPasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the password is longer than {MAX_PASSWORD_BYTES} bytes"),
            Self::QueueFull => f.write_str("too many passwords are waiting to be hashed"),
            Self::Failed(error) => write!(f, "the password could not be hashed: {error}"),
        }
    }
}

impl Error for HashPasswordError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::TooLong | Self::QueueFull => None,
            Self::Failed(error) => Some(error),
        }
    }
}

impl From<StoreError> for HashPasswordError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<HashPasswordError> for AuthError {
    fn from(error: HashPasswordError) -> Self {
        match error {
            HashPasswordError::TooLong => {
                let detail = format!("A password has at most {MAX_PASSWORD_BYTES} bytes.");
                Self::other(StatusCode::BAD_REQUEST, detail, "password_too_long")
            }
            HashPasswordError::QueueFull => Self::unavailable(error).with_retry_after(Duration::from_secs(1)),
            HashPasswordError::Failed(error) => error.into(),
        }
    }
}
