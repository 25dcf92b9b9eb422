//! [`SqliteStore`]: an embedded database in one file.

mod dialect;
mod file_mode;
mod migrate;
// Mounted here and in `postgres`: see its module documentation.
#[allow(clippy::duplicate_mod)]
#[path = "../sql/mod.rs"]
mod sql;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use auth_runtime::store::{Id, StoreResult};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, Error, query};

use self::SqliteStore as Store;
use self::dialect::Connection;
use self::sql::connections::Connections;
use crate::cache::ReadCache;
use crate::last_use;
use crate::open::{OpenError, OpenMode};
use crate::options::StoreOptions;

/// Users, tokens and logins in a SQLite file. Clones share the connections.
///
/// Times are whole milliseconds since the Unix epoch. Tokens and login cookies are stored only as SHA-256 digests.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    connections: Arc<Connections>,
    cache: Option<Arc<ReadCache>>,
    #[cfg(feature = "keys")]
    sealing: auth_keys::SealingKeys,
}

/// How many last uses one transaction writes: logins and logouts wait for its end. The store pauses for as long before the next
/// transaction.
const TOUCHED_AT_ONCE: usize = 1_000;

impl SqliteStore {
    /// Opens a file, creates it if it does not exist, and migrates its tables. Opens at most 8 connections; use
    /// [`open_with`](Self::open_with) for another number.
    ///
    /// A file that this creates is readable only by its owner, and so are the files `-wal` and `-shm` beside it. If others may
    /// read an existing file, a warning is logged, since it contains password hashes.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened or its tables cannot be migrated. The file is then unchanged.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path, StoreOptions::default()).await
    }

    /// Does the same as [`open`](Self::open), with these options.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened or its tables cannot be migrated. The file is then unchanged.
    pub async fn open_with(path: impl AsRef<Path>, options: StoreOptions) -> Result<Self, OpenError> {
        let path = path.as_ref();
        if path.as_os_str().is_empty() || path == Path::new(":memory:") {
            // SQLite would create a separate database for each connection with both.
            return Err(OpenError::Open(Error::Configuration("a path is needed; see `in_memory`".into())));
        }
        let creates = options.open_mode == OpenMode::Create;
        if creates {
            file_mode::make_private(path);
        } else if std::fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Err(OpenError::Missing);
        }
        let file = common().filename(path).create_if_missing(creates);
        // Uses a separate connection, so that a file that is refused is not even switched to another journal mode. It stays
        // open until the others are open: closing the last connection locks the file.
        let mut first = file.connect().await.map_err(OpenError::Open)?;
        let opened = Self::open_behind(&mut first, file, options).await;
        // Closed after an error, too: dropping a connection rolls back and releases the file only some time later.
        let closed = first.close().await.map_err(OpenError::Open);
        let store = opened?;
        file_mode::warn_if_public(path);
        closed.map(|()| store)
    }

    /// Migrates the tables on this connection, and opens the connections of the pool.
    async fn open_behind(
        first: &mut Connection,
        file: SqliteConnectOptions,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        migrate::run(first, options.open_mode).await?;
        if options.open_mode != OpenMode::Check {
            write_ahead(first).await.map_err(OpenError::Open)?;
        }
        // `FULL`, since a revoked token must stay revoked after a power failure. The busy timeout is shorter than the call
        // timeout, since a statement that still waits when the call fails would run afterwards.
        let file = file.synchronous(SqliteSynchronous::Full).busy_timeout(options.call_timeout * 3 / 4);
        let most = options.connections_or(8);
        let pool = pool(most, options).connect_with(file).await.map_err(OpenError::Open)?;
        Ok(Self::of(Connections::new(pool, most, options.call_timeout)))
    }

    /// Creates an empty database in memory, which is lost with the store.
    ///
    /// # Errors
    ///
    /// If SQLite cannot allocate memory for it.
    pub async fn in_memory() -> Result<Self, OpenError> {
        let options = StoreOptions::default();
        // Every connection to `:memory:` has a separate database, so there is one connection, which is never closed.
        let pool = pool(1, options).connect_with(common().in_memory(true)).await.map_err(OpenError::Open)?;
        let mut only = pool.acquire().await.map_err(OpenError::Open)?;
        migrate::run(&mut only, OpenMode::Create).await?;
        drop(only);
        Ok(Self::of(Connections::that_are_all_data(pool, options.call_timeout)))
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
    fn is_kept(&self) -> bool {
        !self.connections.are_all_data()
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
        let (mut took, latest) = (Duration::ZERO, sql::millis(last_use::latest(used)));
        for some in used.chunks(TOUCHED_AT_ONCE) {
            // Another writer that waits for the file polls it only now and then, and gives up after a while.
            tokio::time::sleep(took).await;
            let since = Instant::now();
            let noted: Vec<_> =
                some.iter().map(|(id, at)| format!("[{},{}]", sql::number(id), sql::millis(*at))).collect();
            let noted = format!("[{}]", noted.join(","));
            let mut transaction = self.begin().await?;
            for statement in statements {
                transaction.execute(query(*statement).bind(&noted).bind(latest)).await?;
            }
            transaction.commit().await?;
            took = since.elapsed();
        }
        Ok(())
    }
}

/// How long opening waits for another program that has locked the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Returns the options that every connection needs.
fn common() -> SqliteConnectOptions {
    SqliteConnectOptions::new().foreign_keys(true).busy_timeout(BUSY_TIMEOUT).disable_statement_logging()
}

/// Switches the file to write-ahead logging, in which readers and a writer do not block each other. The file keeps this mode.
///
/// `SQLite` fails at once, ignoring the busy timeout, while another program has the file open.
async fn write_ahead(connection: &mut Connection) -> Result<(), Error> {
    const TRIES: u32 = 100;
    for _ in 1..TRIES {
        if query("PRAGMA journal_mode = WAL").execute(&mut *connection).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(BUSY_TIMEOUT / TRIES).await;
    }
    query("PRAGMA journal_mode = WAL").execute(connection).await.map(drop)
}

/// Returns the options of a pool that keeps all of its connections.
fn pool(connections: u32, options: StoreOptions) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(options.call_timeout)
        // There is no server that could close a connection, and a ping costs a look-up another round trip to the connection's
        // thread.
        .test_before_acquire(false)
}

#[cfg(test)]
mod tests {
    use auth_runtime::store::{AccountStore as _, NewAccount};

    use super::*;

    #[tokio::test]
    async fn memory_store_recovers_from_an_automatic_rollback() {
        let store = SqliteStore::in_memory().await.unwrap();
        store.create_account(&NewAccount::new("ada")).await.unwrap().unwrap();
        let full = "CREATE TRIGGER full BEFORE UPDATE ON auth_account BEGIN SELECT RAISE(ROLLBACK, 'full'); END";
        store.execute(query(full)).await.unwrap();
        for _ in 0..3 {
            // Once in a transaction, and once as a single statement.
            store.set_active("ada", false).await.unwrap_err();
            store.set_staff("ada", true).await.unwrap_err();
        }
        store.execute(query("DROP TRIGGER full")).await.unwrap();
        assert!(store.set_active("ada", false).await.unwrap() && store.set_staff("ada", true).await.unwrap());
        let ada = store.account("ada").await.unwrap().unwrap();
        assert!(ada.is_staff && !ada.is_active, "and what was there is there");
    }
}
