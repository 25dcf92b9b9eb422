//! Accounts, tokens and logins in a SQLite file.

mod migrate;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use auth_runtime::Digest;
use auth_runtime::store::{
    AccessToken, Backend, Login, LoginRecord, LoginStore, NewLogin, NewToken, PasswordRecord, PasswordStore,
    RemoteUserStore, StoreError, StoreResult, TokenRecord, TokenStore,
};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row, query};

use crate::{Account, NewAccount};

/// Accounts, tokens and logins in a SQLite file. Clones share the connections.
///
/// Times are whole milliseconds since the Unix epoch. Of tokens and login cookies only SHA-256 digests are kept.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
}

/// Why a database could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The file cannot be opened, or is no SQLite database.
    Open(sqlx::Error),
    /// The tables could not be brought up to date.
    Migrate(sqlx::Error),
    /// The file was written by a newer version of this crate.
    TooNew {
        /// The version of its tables.
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

fn failed(error: sqlx::Error) -> StoreError {
    StoreError::new(error)
}

impl SqliteStore {
    /// Opens a file, makes it when there is none, and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// When that cannot be done; the file is as it was then.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        if path.as_os_str().is_empty() || path == Path::new(":memory:") {
            // To SQLite both are a database of its own for each connection.
            return Err(OpenError::Open(sqlx::Error::Configuration("a path is needed; see `in_memory`".into())));
        }
        let options = common().filename(path).create_if_missing(true);
        // On a connection of its own, so that a file that is refused is not even put into another journal mode. It stays
        // open until others are: the last one to be closed locks the file.
        let mut first = options.connect().await.map_err(OpenError::Open)?;
        migrate::run(&mut first).await?;
        write_ahead(&mut first).await.map_err(OpenError::Open)?;
        // A revoked token must stay revoked when the power fails.
        let options = options.synchronous(SqliteSynchronous::Full);
        let pool = pool(8).connect_with(options).await.map_err(OpenError::Open)?;
        first.close().await.map_err(OpenError::Open)?;
        Ok(Self { pool })
    }

    /// An empty database that is gone with the store.
    ///
    /// # Errors
    ///
    /// When SQLite has no memory for it.
    pub async fn in_memory() -> Result<Self, OpenError> {
        // Every connection to `:memory:` is a database of its own, so there is one, which is never closed.
        let pool = pool(1).connect_with(common().in_memory(true)).await.map_err(OpenError::Open)?;
        let mut only = pool.acquire().await.map_err(OpenError::Open)?;
        migrate::run(&mut only).await?;
        drop(only);
        Ok(Self { pool })
    }

    /// Closes the connections, once what is under way has ended.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Makes an account.
    ///
    /// # Errors
    ///
    /// When the name is taken or the store does not answer.
    pub async fn create_account(&self, account: &NewAccount) -> StoreResult<Account> {
        let NewAccount { username, password_hash, is_active, is_staff } = account.clone();
        let row = query(
            "INSERT INTO account (username, password_hash, is_active, is_staff) VALUES (?, ?, ?, ?) RETURNING id",
        )
        .bind(&username)
        .bind(password_hash)
        .bind(is_active)
        .bind(is_staff)
        .fetch_one(&self.pool)
        .await
        .map_err(failed)?;
        Ok(Account { id: row.try_get(0).map_err(failed)?, username, is_active, is_staff })
    }

    /// The account with this name.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn account(&self, username: &str) -> StoreResult<Option<Account>> {
        let row = query("SELECT id, username, is_active, is_staff FROM account WHERE username = ?")
            .bind(username)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        row.as_ref().map(account).transpose()
    }

    /// Lets an account be used, or no longer. Whether there is one.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn set_active(&self, username: &str, is_active: bool) -> StoreResult<bool> {
        let update = query("UPDATE account SET is_active = ? WHERE username = ?").bind(is_active).bind(username);
        Ok(update.execute(&self.pool).await.map_err(failed)?.rows_affected() > 0)
    }

    /// Changes a password and ends the account's logins, in one transaction. Whether there is such an account.
    ///
    /// # Errors
    ///
    /// When the store does not answer; password and logins are as they were then.
    pub async fn set_password_hash(&self, username: &str, hash: Option<String>) -> StoreResult<bool> {
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let update = query("UPDATE account SET password_hash = ? WHERE username = ?").bind(hash).bind(username);
        let changed = update.execute(&mut *transaction).await.map_err(failed)?.rows_affected() > 0;
        query("DELETE FROM login WHERE account_id = (SELECT id FROM account WHERE username = ?)")
            .bind(username)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(changed)
    }

    /// Deletes an account with its tokens and logins. Whether there was one.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn delete_account(&self, username: &str) -> StoreResult<bool> {
        let delete = query("DELETE FROM account WHERE username = ?").bind(username);
        Ok(delete.execute(&self.pool).await.map_err(failed)?.rows_affected() > 0)
    }

    /// Revokes the tokens of an account. How many there were.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn revoke_tokens(&self, username: &str) -> StoreResult<u64> {
        let delete = query("DELETE FROM token WHERE account_id = (SELECT id FROM account WHERE username = ?)");
        Ok(delete.bind(username).execute(&self.pool).await.map_err(failed)?.rows_affected())
    }

    /// How many tokens there are.
    ///
    /// # Errors
    ///
    /// When the store does not answer.
    pub async fn token_count(&self) -> StoreResult<i64> {
        let row = query("SELECT count(*) FROM token").fetch_one(&self.pool).await.map_err(failed)?;
        row.try_get(0).map_err(failed)
    }
}

/// How long a call waits for another program that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What every connection needs.
fn common() -> SqliteConnectOptions {
    SqliteConnectOptions::new().foreign_keys(true).busy_timeout(BUSY_TIMEOUT).disable_statement_logging()
}

/// Puts the file into the mode in which readers and a writer do not wait for each other. The file keeps it.
///
/// `SQLite` gives up at once, whatever the busy timeout, while another program has the file open.
async fn write_ahead(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
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
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(BUSY_TIMEOUT)
}

/// The account in the first four columns.
fn account(row: &SqliteRow) -> StoreResult<Account> {
    let read = || {
        Ok(Account {
            id: row.try_get(0)?,
            username: row.try_get(1)?,
            is_active: row.try_get(2)?,
            is_staff: row.try_get(3)?,
        })
    };
    read().map_err(failed)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn time(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs())
}

impl Backend for SqliteStore {
    type User = Account;
}

impl PasswordStore for SqliteStore {
    async fn find_by_username(&self, username: &str) -> StoreResult<Option<PasswordRecord<Account>>> {
        let row = query("SELECT id, username, is_active, is_staff, password_hash FROM account WHERE username = ?")
            .bind(username)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        let record =
            |row: SqliteRow| Ok(PasswordRecord { user: account(&row)?, hash: row.try_get(4).map_err(failed)? });
        row.map(record).transpose()
    }

    async fn upgrade_hash(&self, user: &Account, old: &str, new: &str) -> StoreResult<()> {
        query("UPDATE account SET password_hash = ? WHERE id = ? AND password_hash = ?")
            .bind(new)
            .bind(user.id)
            .bind(old)
            .execute(&self.pool)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

impl TokenStore for SqliteStore {
    async fn find_token(&self, digest: &Digest) -> StoreResult<Option<TokenRecord<Account>>> {
        let row = query(
            "SELECT account.id, username, is_active, is_staff, token.id, token.created, token.expires \
             FROM token JOIN account ON account.id = account_id WHERE digest = ?",
        )
        .bind(digest.as_bytes().as_slice())
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        let record = |row: SqliteRow| {
            let token = AccessToken {
                id: row.try_get::<i64, _>(4).map_err(failed)?.to_string(),
                created: time(row.try_get(5).map_err(failed)?),
                expires: row.try_get::<Option<i64>, _>(6).map_err(failed)?.map(time),
            };
            Ok(TokenRecord { user: account(&row)?, token })
        };
        row.map(record).transpose()
    }

    async fn insert_token(&self, user: &Account, token: NewToken) -> StoreResult<AccessToken> {
        let NewToken { digest, created, expires } = token;
        let row = query("INSERT INTO token (account_id, digest, created, expires) VALUES (?, ?, ?, ?) RETURNING id")
            .bind(user.id)
            .bind(digest.as_bytes().as_slice())
            .bind(millis(created))
            .bind(expires.map(millis))
            .fetch_one(&self.pool)
            .await
            .map_err(failed)?;
        Ok(AccessToken { id: row.try_get::<i64, _>(0).map_err(failed)?.to_string(), created, expires })
    }
}

impl LoginStore for SqliteStore {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        let row = query(
            "SELECT account.id, username, is_active, is_staff, login.id, login.created, last_used, csrf_secret \
             FROM login JOIN account ON account.id = account_id WHERE digest = ?",
        )
        .bind(digest.as_bytes().as_slice())
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        let record = |row: SqliteRow| {
            let login = Login {
                id: row.try_get::<i64, _>(4).map_err(failed)?.to_string(),
                created: time(row.try_get(5).map_err(failed)?),
                last_used: time(row.try_get(6).map_err(failed)?),
            };
            Ok(LoginRecord { user: account(&row)?, login, csrf_secret: row.try_get(7).map_err(failed)? })
        };
        row.map(record).transpose()
    }

    async fn insert_login(&self, user: &Account, login: NewLogin) -> StoreResult<Login> {
        let NewLogin { digest, created, csrf_secret } = login;
        let row = query(
            "INSERT INTO login (account_id, digest, created, last_used, csrf_secret) VALUES (?, ?, ?, ?, ?) RETURNING id",
        )
        .bind(user.id)
        .bind(digest.as_bytes().as_slice())
        .bind(millis(created))
        .bind(millis(created))
        .bind(csrf_secret)
        .fetch_one(&self.pool)
        .await
        .map_err(failed)?;
        Ok(Login { id: row.try_get::<i64, _>(0).map_err(failed)?.to_string(), created, last_used: created })
    }

    async fn touch_login(&self, digest: &Digest, at: Duration) -> StoreResult<()> {
        query("UPDATE login SET last_used = ? WHERE digest = ?")
            .bind(millis(at))
            .bind(digest.as_bytes().as_slice())
            .execute(&self.pool)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        let delete = query("DELETE FROM login WHERE digest = ?").bind(digest.as_bytes().as_slice());
        Ok(delete.execute(&self.pool).await.map_err(failed)?.rows_affected() > 0)
    }
}

impl RemoteUserStore for SqliteStore {
    /// An account of this name. None is made for a name that the gateway made up.
    async fn remote_user(&self, name: &str) -> StoreResult<Option<Account>> {
        if name.contains('\0') { Ok(None) } else { self.account(name).await }
    }
}
