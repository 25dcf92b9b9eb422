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
    /// As [`new`](Self::new).
    fn default() -> Self {
        Self::new()
    }
}

impl StoreOptions {
    /// 16 connections to PostgreSQL or 8 to a SQLite file, and 4 seconds for a call. A missing database is created.
    pub const fn new() -> Self {
        Self {
            connections: None,
            #[cfg(any(feature = "sqlite", feature = "postgres"))]
            open_mode: crate::OpenMode::Create,
            call_timeout: Duration::from_secs(4),
        }
    }

    /// Sets how many connections the store opens at most, at least one. Each process opens as many: together they must stay
    /// below PostgreSQL's `max_connections`, which is 100 unless it is set.
    ///
    /// Redis needs one connection, whatever this says.
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

    /// Sets how long a call of the store may take. A call that takes longer fails, which callers see as a 503, and its connection
    /// is closed.
    ///
    /// What such a call was to write may be written or not, as when a network fails in the middle of it. Migrations may take
    /// longer, and a sweep and re-sealing have this time for each of their steps.
    #[must_use]
    pub const fn with_call_timeout(self, longest: Duration) -> Self {
        Self { call_timeout: longest, ..self }
    }

    /// The number of connections that was set, or this one.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn connections_or(&self, default: u32) -> u32 {
        self.connections.unwrap_or(default)
    }
}

/// Why a call failed that took too long.
#[derive(Debug)]
pub(crate) struct CallTimedOut(pub(crate) Duration);

impl std::fmt::Display for CallTimedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the call took longer than {:?}", self.0)
    }
}

impl std::error::Error for CallTimedOut {}
