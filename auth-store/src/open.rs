//! Why a database could not be opened.

use std::fmt;

/// Why a database could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The file or the server cannot be opened, or is no such database.
    Open(sqlx::Error),
    /// The tables could not be brought up to date.
    Migrate(sqlx::Error),
    /// The tables were written by a newer version of this crate.
    TooNew {
        /// Their version.
        found: i64,
        /// The newest that this version of the crate knows.
        known: i64,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => write!(f, "the database cannot be opened: {error}"),
            Self::Migrate(error) => write!(f, "the tables cannot be brought up to date: {error}"),
            Self::TooNew { found, known } => {
                write!(
                    f,
                    "the tables are of version {found}, and this program knows up to {known}; use a newer program"
                )
            }
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Open(error) | Self::Migrate(error) => Some(error),
            Self::TooNew { .. } => None,
        }
    }
}
