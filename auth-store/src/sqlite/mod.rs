//! [`SqliteStore`]: one file, embedded.

mod dialect;
mod file_mode;
mod migrate;
// Mounted here and in `postgres`: see its first lines.
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
/// Times are whole milliseconds since the Unix epoch. Of tokens and login cookies only SHA-256 digests are kept.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    connections: Arc<Connections>,
    cache: Option<Arc<ReadCache>>,
    #[cfg(feature = "keys")]
    sealing: auth_keys::SealingKeys,
}

/// How many last uses one transaction notes: whoever logs in or out meanwhile waits for its end. Before the next one the file is
/// left alone for as long.
const TOUCHED_AT_ONCE: usize = 1_000;

impl SqliteStore {
    /// Opens a file, makes it when there is none, and brings its tables up to date. Opens 8 connections at most;
    /// [`open_with`](Self::open_with) sets another number.
    ///
    /// A file that is made is its owner's alone to read, with the files `-wal` and `-shm` beside it. One that others may read is
    /// traced as a warning: it holds hashes of passwords.
    ///
    /// # Errors
    ///
    /// When that cannot be done; the file is as it was then.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path, StoreOptions::default()).await
    }

    /// [`open`](Self::open), with these options.
    ///
    /// # Errors
    ///
    /// When that cannot be done; the file is as it was then.
    pub async fn open_with(path: impl AsRef<Path>, options: StoreOptions) -> Result<Self, OpenError> {
        let path = path.as_ref();
        if path.as_os_str().is_empty() || path == Path::new(":memory:") {
            // To SQLite both are a database of its own for each connection.
            return Err(OpenError::Open(Error::Configuration("a path is needed; see `in_memory`".into())));
        }
        let creates = options.open_mode == OpenMode::Create;
        if creates {
            file_mode::make_private(path);
        } else if std::fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Err(OpenError::Missing);
        }
        let file = common().filename(path).create_if_missing(creates);
        // On a connection of its own, so that a file that is refused is not even put into another journal mode. It stays
        // open until others are: the last one to be closed locks the file.
        let mut first = file.connect().await.map_err(OpenError::Open)?;
        let opened = Self::open_behind(&mut first, file, options).await;
        // After an error, too: a connection that is dropped undoes its transaction and lets the file go some time later.
        let closed = first.close().await.map_err(OpenError::Open);
        let store = opened?;
        file_mode::warn_if_public(path);
        closed.map(|()| store)
    }

    /// Brings the tables up to date on this connection, and opens those that are kept.
    async fn open_behind(
        first: &mut Connection,
        file: SqliteConnectOptions,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        migrate::run(first, options.open_mode).await?;
        if options.open_mode != OpenMode::Check {
            write_ahead(first).await.map_err(OpenError::Open)?;
        }
        // A revoked token must stay revoked when the power fails. And a call should learn that the file is locked before its time
        // is up: what still waits then would be done after all.
        let file = file.synchronous(SqliteSynchronous::Full).busy_timeout(options.call_timeout * 3 / 4);
        let most = options.connections_or(8);
        let pool = pool(most, options).connect_with(file).await.map_err(OpenError::Open)?;
        Ok(Self::of(Connections::new(pool, most, options.call_timeout)))
    }

    /// An empty database that is gone with the store.
    ///
    /// # Errors
    ///
    /// When SQLite has no memory for it.
    pub async fn in_memory() -> Result<Self, OpenError> {
        let options = StoreOptions::default();
        // Every connection to `:memory:` is a database of its own, so there is one, which is never closed.
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

    /// Whether what is written is still there after a restart.
    fn is_kept(&self) -> bool {
        !self.connections.are_all_data()
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
        let (mut took, latest) = (Duration::ZERO, sql::millis(last_use::latest(used)));
        for some in used.chunks(TOUCHED_AT_ONCE) {
            // Who waits for the file only looks now and then whether it is free, and gives up after a while.
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

/// How long opening waits for another program that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What every connection needs.
fn common() -> SqliteConnectOptions {
    SqliteConnectOptions::new().foreign_keys(true).busy_timeout(BUSY_TIMEOUT).disable_statement_logging()
}

/// Puts the file into the mode in which readers and a writer do not wait for each other. The file keeps it.
///
/// `SQLite` gives up at once, whatever the busy timeout, while another program has the file open.
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

/// Connections that are kept.
fn pool(connections: u32, options: StoreOptions) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(options.call_timeout)
        // Nobody hangs up on a file, and asking costs a look-up another way to the connection's thread and back.
        .test_before_acquire(false)
}

#[cfg(test)]
mod tests {
    use auth_runtime::store::{AccountStore as _, NewAccount};

    use super::*;

    #[tokio::test]
    async fn writes_in_memory_work_again_after_the_database_undid_a_transaction() {
        let store = SqliteStore::in_memory().await.unwrap();
        store.create_account(&NewAccount::new("ada")).await.unwrap().unwrap();
        let full = "CREATE TRIGGER full BEFORE UPDATE ON auth_account BEGIN SELECT RAISE(ROLLBACK, 'full'); END";
        store.execute(query(full)).await.unwrap();
        for _ in 0..3 {
            // In a transaction, and by itself.
            store.set_active("ada", false).await.unwrap_err();
            store.set_staff("ada", true).await.unwrap_err();
        }
        store.execute(query("DROP TRIGGER full")).await.unwrap();
        assert!(store.set_active("ada", false).await.unwrap() && store.set_staff("ada", true).await.unwrap());
        let ada = store.account("ada").await.unwrap().unwrap();
        assert!(ada.is_staff && !ada.is_active, "and what was there is there");
    }
}
