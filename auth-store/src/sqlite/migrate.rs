//! The tables, one step after the other. The number of the last step is SQLite's `user_version`.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

use super::OpenError;

/// Never changed once released: a new step goes to the end.
const STEPS: &[&str] = &["
    CREATE TABLE account (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        username TEXT NOT NULL UNIQUE,
        password_hash TEXT,
        is_active INTEGER NOT NULL,
        is_staff INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE token (
        id INTEGER PRIMARY KEY,
        account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        digest BLOB NOT NULL UNIQUE,
        created INTEGER NOT NULL,
        expires INTEGER
    ) STRICT;
    CREATE INDEX token_account ON token (account_id);
    CREATE TABLE login (
        id INTEGER PRIMARY KEY,
        account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        digest BLOB NOT NULL UNIQUE,
        created INTEGER NOT NULL,
        last_used INTEGER NOT NULL,
        csrf_secret TEXT
    ) STRICT;
    CREATE INDEX login_account ON login (account_id);
"];

/// Brings the tables up to date, in one transaction that other processes wait for.
pub(super) async fn run(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(OpenError::Open)?;
    let row = sqlx::query("PRAGMA user_version").fetch_one(&mut *transaction).await.map_err(OpenError::Open)?;
    let found: i64 = row.try_get(0).map_err(OpenError::Open)?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(OpenError::TooNew { found, known });
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or_default()) {
        sqlx::raw_sql(*step).execute(&mut *transaction).await.map_err(OpenError::Migrate)?;
    }
    if found < known {
        // A pragma takes no parameters, and this is a number.
        let version = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {known}"));
        sqlx::raw_sql(version).execute(&mut *transaction).await.map_err(OpenError::Migrate)?;
    }
    transaction.commit().await.map_err(OpenError::Migrate)
}
