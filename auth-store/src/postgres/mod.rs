//! [`PostgresStore`]: a PostgreSQL database, shared by many machines.

mod migrate;
// Mounted here and in `sqlite`: see its first lines.
#[allow(clippy::duplicate_mod)]
#[path = "../sql/mod.rs"]
mod sql;

use std::sync::{Arc, Weak};
use std::time::Duration;

use auth_runtime::store::{Id, StoreResult};
use sqlx::pool::CloseEvent;
use sqlx::postgres::{PgConnectOptions, PgConnection as Connection, PgPool, PgPoolOptions, PgRow as Row, Postgres};
use sqlx::{ConnectOptions, Connection as _, Transaction, query};

use self::PostgresStore as Store;
use self::sql::failed;
use self::sql::readers::{BELIEVED_FOR, Readers};
use crate::cache::ReadCache;
use crate::open::OpenError;

/// Users, tokens and logins in a PostgreSQL database. Clones share the connections.
///
/// The tables' names begin with `auth_`, so that they can stand in an application's own database. Times are whole
/// milliseconds since the Unix epoch. Of tokens and login cookies only SHA-256 digests are kept.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: PgPool,
    readers: Arc<Readers>,
    cache: Option<Arc<ReadCache>>,
    #[cfg(feature = "keys")]
    sealing: crate::sealing::SealingKeys,
}

/// At most `$3` accounts whose name contains `$1`, by name, from the one after `$2` on.
const LIST_ACCOUNTS: &str = "SELECT id, username, is_active, is_staff, epoch FROM auth_account \
     WHERE strpos(lower(username), lower($1 COLLATE \"C\")) > 0 AND username > $2 ORDER BY username LIMIT $3";

// Nobody waits for somebody who waits for him, since all lock in this order: an account, its logins, its tokens. Who locks
// several logins or tokens of an account has locked the account, or passes over what is locked.

/// Takes the account's epoch, and holds back every other call that takes or changes it.
const LOCK_ACCOUNT: &str = "SELECT epoch FROM auth_account WHERE id = $1 FOR UPDATE";

/// Locks the accounts that have logins of the client `$1`.
const LOCK_CLIENT: Option<&str> = Some(
    "SELECT id FROM auth_account WHERE id IN (SELECT account_id FROM auth_login WHERE client = $1) ORDER BY id FOR UPDATE",
);

/// Delete the tokens, or the logins, from the one after `$1` to `$2` that had expired by `$3`. The next sweep has those that
/// somebody else holds.
const SWEEP_TOKENS: &str = "DELETE FROM auth_token WHERE id IN (SELECT id FROM auth_token WHERE id > $1 AND id <= $2 \
     AND (expires <= $3 OR coalesce(last_used, created) <= $3 - idle_timeout) FOR UPDATE SKIP LOCKED)";
const SWEEP_LOGINS: &str = "DELETE FROM auth_login WHERE id IN (SELECT id FROM auth_login WHERE id > $1 AND id <= $2 \
     AND (expires <= $3 OR last_used <= $3 - idle_timeout \
     OR digest IS NULL AND NOT EXISTS (SELECT 1 FROM auth_token token WHERE token.login_id = auth_login.id)) FOR UPDATE SKIP LOCKED)";

/// Note the last uses `$2` of the logins, or the tokens and their logins, `$1`. A row that somebody else holds is passed
/// over: it is being used or ended right now.
const TOUCH_LOGINS: &[&str] = &["UPDATE auth_login SET last_used = used.at FROM (\
         SELECT login.id, noted.at FROM (\
             SELECT id, max(at) AS at FROM unnest($1::bigint[], $2::bigint[]) noted (id, at) GROUP BY id\
         ) noted JOIN auth_login login ON login.id = noted.id WHERE login.last_used < noted.at \
         ORDER BY login.id FOR UPDATE OF login SKIP LOCKED\
     ) used WHERE auth_login.id = used.id"];
const TOUCH_TOKENS: &[&str] = &[
    "UPDATE auth_token SET last_used = used.at FROM (\
         SELECT token.id, noted.at FROM (\
             SELECT id, max(at) AS at FROM unnest($1::bigint[], $2::bigint[]) noted (id, at) GROUP BY id\
         ) noted JOIN auth_token token ON token.id = noted.id WHERE coalesce(token.last_used, 0) < noted.at \
         ORDER BY token.id FOR UPDATE OF token SKIP LOCKED\
     ) used WHERE auth_token.id = used.id",
    "UPDATE auth_login SET last_used = used.at FROM (\
         SELECT login.id, noted.at FROM (\
             SELECT token.login_id AS id, max(at) AS at FROM unnest($1::bigint[], $2::bigint[]) noted (id, at) \
             JOIN auth_token token ON token.id = noted.id GROUP BY token.login_id\
         ) noted JOIN auth_login login ON login.id = noted.id WHERE login.last_used < noted.at ORDER BY login.id FOR UPDATE OF login SKIP LOCKED\
     ) used WHERE auth_login.id = used.id",
];

impl PostgresStore {
    /// Connects to a database, `postgres://user:password@host:5432/name`, and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// When that cannot be done; the tables are as they were then.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let options = url.parse::<PgConnectOptions>().map_err(OpenError::Open)?.disable_statement_logging();
        // By itself, since a pool tries again for a while, and then tells of that instead of the cause.
        let first = options.connect().await.map_err(OpenError::Open)?;
        first.close().await.map_err(OpenError::Open)?;
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .before_acquire(|connection, seen| Box::pin(is_alive(connection, seen.idle_for)));
        let pool = pool.connect_with(options).await.map_err(OpenError::Open)?;
        migrate::run(&pool).await?;
        Ok(Self::of(pool, 8))
    }

    /// Takes an application's own connections, and brings the tables up to date. Up to a quarter of them stay with look-ups
    /// while those follow one another.
    ///
    /// # Errors
    ///
    /// When that cannot be done; the tables are as they were then.
    pub async fn over(pool: PgPool) -> Result<Self, OpenError> {
        migrate::run(&pool).await?;
        let readers = pool.options().get_max_connections() / 4;
        let store = Self::of(pool, readers as usize);
        tokio::spawn(let_go_when_closed(store.pool.close_event(), Arc::downgrade(&store.readers)));
        Ok(store)
    }

    fn of(pool: PgPool, readers: usize) -> Self {
        Self {
            pool,
            readers: Arc::new(Readers::new(readers)),
            cache: None,
            #[cfg(feature = "keys")]
            sealing: crate::sealing::SealingKeys::default(),
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

    /// Closes the connections, once what is under way has ended.
    pub async fn close(&self) {
        self.readers.close(&self.pool).await;
    }

    /// A transaction.
    async fn begin(&self) -> StoreResult<Transaction<'static, Postgres>> {
        self.pool.begin().await.map_err(failed)
    }

    async fn touch(&self, statements: &[&'static str], used: &[(Id, Duration)]) -> StoreResult<()> {
        let (ids, times): (Vec<i64>, Vec<i64>) =
            used.iter().map(|(id, at)| (sql::number(id), sql::millis(*at))).unzip();
        for statement in statements {
            query(*statement).bind(&ids).bind(&times).execute(&self.pool).await.map_err(failed)?;
        }
        Ok(())
    }
}

/// Whoever closes the pool waits for all of its connections.
async fn let_go_when_closed(closed: CloseEvent, readers: Weak<Readers>) {
    closed.await;
    if let Some(readers) = readers.upgrade() {
        readers.let_go();
    }
}

/// Whether the server still answers on a connection that nobody used for so long. Under load none is asked: that would be a
/// second round trip for each call.
async fn is_alive(connection: &mut Connection, idle_for: Duration) -> Result<bool, sqlx::Error> {
    if idle_for > BELIEVED_FOR {
        connection.ping().await?;
    }
    Ok(true)
}
