//! Opening a database: modes and errors.

use std::fmt;

/// What opening a store may do to the database.
///
/// ```no_run
/// use auth_store::{AnyStore, OpenMode, StoreOptions};
///
/// # async fn example() -> Result<(), auth_store::OpenError> {
/// // The deployment ran `auth migrate`, and this program's role may not create tables.
/// let options = StoreOptions::default().with_open_mode(OpenMode::Check);
/// let store = AnyStore::open_with("postgres://auth@db.example.org/auth", options).await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OpenMode {
    /// Creates a missing SQLite file and missing tables, and brings older tables up to date. This is the default.
    #[default]
    Create,
    /// Brings older tables up to date. Refuses a missing file, and a database without tables.
    Migrate,
    /// Changes nothing. Refuses a missing file, and a database whose tables are missing or older than this version of the crate.
    Check,
}

/// Why a database could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The file or the server cannot be opened, or is not a database of this kind.
    Open(sqlx::Error),
    /// The tables could not be brought up to date.
    Migrate(sqlx::Error),
    /// The file does not exist, or the database has no tables of this crate, and the [`OpenMode`] does not create them.
    Missing,
    /// The tables were written by an older version of this crate, and the [`OpenMode`] does not bring them up to date.
    TooOld {
        /// The version of the tables.
        found: i64,
        /// The version that this version of the crate needs.
        needed: i64,
    },
    /// The tables were written by a newer version of this crate.
    TooNew {
        /// The version of the tables.
        found: i64,
        /// The newest version that this version of the crate knows.
        known: i64,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => write!(f, "the database cannot be opened: {error}"),
            Self::Migrate(error) => write!(f, "the tables cannot be brought up to date: {error}"),
            Self::Missing => f.write_str(
                "the database does not exist or has no tables; check the address, or create it with `auth migrate`",
            ),
            Self::TooOld { found, needed } => {
                write!(
                    f,
                    "the tables have version {found}, and this program needs version {needed}; run `auth migrate`"
                )
            }
            Self::TooNew { found, known } => {
                write!(f, "the tables have version {found}, and this program knows up to {known}; use a newer program")
            }
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Open(error) | Self::Migrate(error) => Some(error),
            Self::Missing | Self::TooOld { .. } | Self::TooNew { .. } => None,
        }
    }
}

impl OpenMode {
    /// Returns whether tables of version `found` are to be migrated to version `known`. Version 0 means that there are no
    /// tables.
    pub(crate) fn migrates(self, found: i64, known: i64) -> Result<bool, OpenError> {
        match self {
            _ if found > known => Err(OpenError::TooNew { found, known }),
            Self::Migrate | Self::Check if found == 0 => Err(OpenError::Missing),
            Self::Check if found < known => Err(OpenError::TooOld { found, needed: known }),
            _ => Ok(found < known),
        }
    }
}
