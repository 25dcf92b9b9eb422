//! [`PostgresStore`]: a PostgreSQL database, shared by many machines.

mod dialect;
mod migrate;
// Mounted here and in `sqlite`: see its first lines.
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
/// The tables' names begin with `auth_`, so that they can stand in an application's own database. Times are whole
/// milliseconds since the Unix epoch. Of tokens and login cookies only SHA-256 digests are kept.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    connections: Arc<Connections>,
    cache: Option<Arc<ReadCache>>,
    #[cfg(feature = "keys")]
    sealing: auth_keys::SealingKeys,
}

impl PostgresStore {
    /// Connects to a database, `postgres://user:password@host:5432/name`, and brings its tables up to date. Opens 16
    /// connections at most; [`open_with`](Self::open_with) sets another number.
    ///
    /// # Errors
    ///
    /// When that cannot be done; the tables are as they were then.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_with(url, StoreOptions::default()).await
    }

    /// [`open`](Self::open), with these options.
    ///
    /// # Errors
    ///
    /// When that cannot be done; the tables are as they were then.
    pub async fn open_with(url: &str, options: StoreOptions) -> Result<Self, OpenError> {
        let address = url.parse::<PgConnectOptions>().map_err(OpenError::Open)?.disable_statement_logging();
        // By itself, since a pool tries again for a while, and then tells of that instead of the cause.
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

    /// Takes an application's own connections, and brings the tables up to date. Up to a quarter of them stay with the store
    /// while calls follow one another.
    ///
    /// # Errors
    ///
    /// When that cannot be done; the tables are as they were then.
    pub async fn over(pool: PgPool) -> Result<Self, OpenError> {
        Self::over_with(pool, StoreOptions::default()).await
    }

    /// [`over`](Self::over), with these options. The number of connections is the pool's.
    ///
    /// # Errors
    ///
    /// When that cannot be done; the tables are as they were then.
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

    /// Whether what is written is still there after a restart.
    #[allow(clippy::unused_self)] // SQLite may be in memory, and both share their callers
    fn is_kept(&self) -> bool {
        true
    }

    /// With a cache of what was looked up a moment ago.
    #[must_use]
    pub fn with_cache(mut self, cache: ReadCache) -> Self {
        self.cache = Some(Arc::new(cache));
        self
    }

    /// Closes the connections, once what is under way has ended. Takes no longer than a call may.
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

/// Whoever closes the pool waits for all of its connections.
async fn let_go_when_closed(closed: CloseEvent, connections: Weak<Connections>) {
    closed.await;
    if let Some(connections) = connections.upgrade() {
        connections.let_go();
    }
}

/// How long the first connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection that nobody used for a while may take to answer, so that the call has time for another.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

fn unanswered() -> Error {
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the server does not answer"))
}

/// Whether the server still answers on a connection that nobody used for so long. Under load none is asked: that would be a
/// second round trip for each call.
async fn is_alive(connection: &mut Connection, idle_for: Duration, answers_within: Duration) -> Result<bool, Error> {
    if idle_for > BELIEVED_FOR {
        timeout(answers_within, connection.ping()).await.map_err(|_| unanswered())??;
    }
    Ok(true)
}
