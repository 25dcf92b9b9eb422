//! [`Failure`]: why a command failed, and its exit code.

use std::fmt;

use auth_runtime::HashPasswordError;
use auth_runtime::store::StoreError;

/// Why a command failed. The text says how to fix it if possible, and never contains a secret.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The store, or something else that the command needs, failed.
    Store(String),
    /// The command was not given what it needs.
    Usage(String),
    /// A user, group, permission, token, key, client or login does not exist, or the name is taken, or the maximum number
    /// exists already.
    NotThere(String),
}

impl Failure {
    /// Returns the exit code of the process.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Store(_) => 1,
            Self::Usage(_) => 2,
            Self::NotThere(_) => 3,
        }
    }

    pub(crate) fn no_user(name: &str) -> Self {
        Self::NotThere(format!("there is no user `{name}`; `auth users list` shows all"))
    }

    pub(crate) fn no_group(name: &str) -> Self {
        Self::NotThere(format!("there is no group `{name}`; `auth groups list` shows all"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Store(text) | Self::Usage(text) | Self::NotThere(text)) = self;
        f.write_str(text)
    }
}

impl From<HashPasswordError> for Failure {
    fn from(error: HashPasswordError) -> Self {
        match error {
            HashPasswordError::TooLong => Self::Usage(error.to_string()),
            _ => Self::Store(error.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}
