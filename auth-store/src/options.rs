//! [`StoreOptions`]: how a store uses its database.

use std::time::Duration;

/// How a store opens its database, how many connections it keeps, and how long a call may take.
///
/// ```no_run
/// use std::time::Duration;
/// use auth_store::{AnyStore, StoreOptions};
///
/// # async fn example() -> Result<(), auth_store::OpenError> {
/// let options = StoreOptions::default().with_connections(4).with_call_timeout(Duration::from_secs(2));
/// let store = AnyStore::open_with("postgres://auth@db.example.org/auth", options).await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreOptions {
    connections: Option<u32>,
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) open_mode: crate::OpenMode,
    pub(crate) call_timeout: Duration,
}

impl Default for StoreOptions {
    /// Returns the same as [`new`](Self::new).
    fn default() -> Self {
        Self::new()
    }
}

impl StoreOptions {
    /// Creates options with 16 connections to PostgreSQL or 8 to a SQLite file, and a call timeout of 4 seconds. A missing
    /// database is created.
    pub const fn new() -> Self {
        Self {
            connections: None,
            #[cfg(any(feature = "sqlite", feature = "postgres"))]
            open_mode: crate::OpenMode::Create,
            call_timeout: Duration::from_secs(4),
        }
    }

    /// Sets the maximum number of connections, at least one. Each process opens this many: together they must stay below
    /// PostgreSQL's `max_connections`, which is 100 by default.
    ///
    /// Redis uses one connection, regardless of this setting.
    #[must_use]
    pub const fn with_connections(self, most: u32) -> Self {
        Self { connections: Some(if most == 0 { 1 } else { most }), ..self }
    }

    /// Sets whether opening may create the database and bring its tables up to date.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    #[must_use]
    pub const fn with_open_mode(self, open_mode: crate::OpenMode) -> Self {
        Self { open_mode, ..self }
    }

    /// Sets the call timeout. A call that takes longer fails, which clients see as a 503, and its connection is closed.
    ///
    /// The writes of such a call may or may not have happened, as when a network fails during it. Migrations may take longer. A
    /// sweep and re-sealing have this timeout for each of their steps.
    #[must_use]
    pub const fn with_call_timeout(self, longest: Duration) -> Self {
        Self { call_timeout: longest, ..self }
    }

    /// Returns the configured number of connections, or `default`.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn connections_or(&self, default: u32) -> u32 {
        self.connections.unwrap_or(default)
    }
}

/// The error of a call that exceeded its timeout.
#[derive(Debug)]
pub(crate) struct CallTimedOut(pub(crate) Duration);

impl std::fmt::Display for CallTimedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the call took longer than {:?}", self.0)
    }
}

impl std::error::Error for CallTimedOut {}
