//! [`PostgresStore`]: a PostgreSQL database, shared by many machines.

mod dialect;
mod migrate;
// Mounted here and in `sqlite`: see its module documentation.
#[allow(clippy::duplicate_mod)]
#[path = "../sql/mod.rs"]
mod sql;

use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use auth_runtime::store::{Id, StoreResult};
use sqlx::pool::CloseEvent;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection as _, Error, query};
use tokio::time::timeout;

use self::PostgresStore as Store;
use self::dialect::Connection;
use self::sql::connections::{BELIEVED_FOR, Connections};
use crate::cache::ReadCache;
use crate::last_use;
use crate::open::OpenError;
use crate::options::StoreOptions;

/// Users, tokens and logins in a PostgreSQL database. Clones share the connections.
///
/// The table names begin with `auth_`, so that they can be in an application's own database. Times are whole milliseconds since
/// the Unix epoch. Tokens and login cookies are stored only as SHA-256 digests.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    connections: Arc<Connections>,
    cache: Option<Arc<ReadCache>>,
    #[cfg(feature = "keys")]
    sealing: auth_keys::SealingKeys,
}

impl PostgresStore {
    /// Connects to a database, `postgres://user:password@host:5432/name`, and migrates its tables. Opens at most 16
    /// connections; use [`open_with`](Self::open_with) for another number.
    ///
    /// # Errors
    ///
    /// If the connection or the migration fails. The tables are then unchanged.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_with(url, StoreOptions::default()).await
    }

    /// Does the same as [`open`](Self::open), with these options.
    ///
    /// # Errors
    ///
    /// If the connection or the migration fails. The tables are then unchanged.
    pub async fn open_with(url: &str, options: StoreOptions) -> Result<Self, OpenError> {
        let address = url.parse::<PgConnectOptions>().map_err(OpenError::Open)?.disable_statement_logging();
        // Opened outside the pool, since the pool retries for a while and then reports the timeout instead of the cause.
        let first =
            timeout(CONNECT_TIMEOUT, address.connect()).await.map_err(|_| unanswered()).map_err(OpenError::Open)?;
        first.map_err(OpenError::Open)?.close().await.map_err(OpenError::Open)?;
        let most = options.connections_or(16);
        let answers_within = PING_TIMEOUT.min(options.call_timeout / 4);
        let pool = PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(options.call_timeout)
            .test_before_acquire(false)
            .before_acquire(move |connection, seen| Box::pin(is_alive(connection, seen.idle_for, answers_within)));
        let pool = pool.connect_with(address).await.map_err(OpenError::Open)?;
        migrate::run(&pool, options.open_mode).await?;
        Ok(Self::of(Connections::new(pool, most, options.call_timeout)))
    }

    /// Uses an application's own pool, and migrates the tables. While calls follow one another, the store keeps up to a quarter
    /// of the connections.
    ///
    /// # Errors
    ///
    /// If a connection or the migration fails. The tables are then unchanged.
    pub async fn over(pool: PgPool) -> Result<Self, OpenError> {
        Self::over_with(pool, StoreOptions::default()).await
    }

    /// Does the same as [`over`](Self::over), with these options. The number of connections is the pool's.
    ///
    /// # Errors
    ///
    /// If a connection or the migration fails. The tables are then unchanged.
    pub async fn over_with(pool: PgPool, options: StoreOptions) -> Result<Self, OpenError> {
        migrate::run(&pool, options.open_mode).await?;
        let (closed, stay) = (pool.close_event(), pool.options().get_max_connections() / 4);
        let store = Self::of(Connections::new(pool, stay, options.call_timeout));
        tokio::spawn(let_go_when_closed(closed, Arc::downgrade(&store.connections)));
        Ok(store)
    }

    fn of(connections: Connections) -> Self {
        Self {
            connections: Arc::new(connections),
            cache: None,
            #[cfg(feature = "keys")]
            sealing: auth_keys::SealingKeys::default(),
        }
    }

    /// Returns whether written data survives a restart.
    #[allow(clippy::unused_self)] // SQLite may be in memory, and both share their callers
    fn is_kept(&self) -> bool {
        true
    }

    /// Caches recent look-ups in `cache`.
    #[must_use]
    pub fn with_cache(mut self, cache: ReadCache) -> Self {
        self.cache = Some(Arc::new(cache));
        self
    }

    /// Closes the connections once the calls under way have ended. Waits no longer than the call timeout.
    pub async fn close(&self) {
        self.connections.close().await;
    }

    async fn touch(&self, statements: &[&'static str], used: &[(Id, Duration)]) -> StoreResult<()> {
        let (ids, times): (Vec<i64>, Vec<i64>) =
            used.iter().map(|(id, at)| (sql::number(id), sql::millis(*at))).unzip();
        let latest = sql::millis(last_use::latest(used));
        for statement in statements {
            self.execute(query(*statement).bind(&ids).bind(&times).bind(latest)).await?;
        }
        Ok(())
    }
}

/// Returns the kept connections when the pool closes, since closing a pool waits for all of its connections.
async fn let_go_when_closed(closed: CloseEvent, connections: Weak<Connections>) {
    closed.await;
    if let Some(connections) = connections.upgrade() {
        connections.let_go();
    }
}

/// How long the first connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an idle connection may take to answer a ping. Short, so that the call has time for another connection.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

fn unanswered() -> Error {
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the server does not answer"))
}

/// Returns whether the server still answers on a connection that was idle for `idle_for`. Under load no connection is pinged,
/// since that would add a round trip to each call.
async fn is_alive(connection: &mut Connection, idle_for: Duration, answers_within: Duration) -> Result<bool, Error> {
    if idle_for > BELIEVED_FOR {
        timeout(answers_within, connection.ping()).await.map_err(|_| unanswered())??;
    }
    Ok(true)
}
