//! The migrations in order. SQLite's `user_version` stores the number of the last step.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

use super::sql::normalize::normalize_names;
use crate::open::{OpenError, OpenMode};

/// The number of the step that is followed by normalizing names.
const NAMES: i64 = 5;

/// Released steps never change: add a new step at the end.
const STEPS: &[&str] = &[
    "
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
",
    "
    ALTER TABLE account RENAME TO auth_account;
    ALTER TABLE auth_account ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE auth_client (
        name TEXT PRIMARY KEY,
        idle_lifetime INTEGER,
        absolute_lifetime INTEGER,
        access_lifetime INTEGER,
        max_logins INTEGER,
        ends_oldest INTEGER NOT NULL,
        single_login INTEGER NOT NULL,
        rate TEXT,
        allowed_origins TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE auth_login (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        epoch INTEGER NOT NULL,
        client TEXT NOT NULL,
        digest BLOB UNIQUE,
        csrf_secret TEXT,
        created INTEGER NOT NULL,
        last_used INTEGER NOT NULL,
        idle_timeout INTEGER,
        expires INTEGER,
        name TEXT NOT NULL,
        address TEXT,
        user_agent TEXT NOT NULL
    ) STRICT;
    INSERT INTO auth_login
        SELECT id, account_id, 0, 'default', digest, csrf_secret, created, last_used, 1209600000,
            created + 7776000000, '', NULL, '' FROM login;
    DROP TABLE login;
    CREATE INDEX auth_login_account ON auth_login (account_id);
    CREATE TABLE auth_token (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        epoch INTEGER NOT NULL,
        login_id INTEGER REFERENCES auth_login (id) ON DELETE CASCADE,
        client TEXT NOT NULL,
        digest BLOB NOT NULL UNIQUE,
        name TEXT NOT NULL,
        created INTEGER NOT NULL,
        last_used INTEGER,
        idle_timeout INTEGER,
        expires INTEGER
    ) STRICT;
    INSERT INTO auth_token
        SELECT id, account_id, 0, NULL, '', digest, '', created, NULL, NULL, expires FROM token;
    DROP TABLE token;
    CREATE INDEX auth_token_account ON auth_token (account_id);
    CREATE INDEX auth_token_login ON auth_token (login_id);
    CREATE TABLE auth_replay (
        scope TEXT NOT NULL,
        digest BLOB NOT NULL,
        expires INTEGER NOT NULL,
        PRIMARY KEY (scope, digest)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX auth_replay_expires ON auth_replay (expires);
",
    "
    CREATE TABLE auth_account_group (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE auth_account_group_member (
        account_id INTEGER NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        group_id INTEGER NOT NULL REFERENCES auth_account_group (id) ON DELETE CASCADE,
        PRIMARY KEY (account_id, group_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX auth_account_group_member_group ON auth_account_group_member (group_id);
    CREATE TABLE auth_account_group_permission (
        group_id INTEGER NOT NULL REFERENCES auth_account_group (id) ON DELETE CASCADE,
        codename TEXT NOT NULL,
        object TEXT
    ) STRICT;
    CREATE INDEX auth_account_group_permission_group ON auth_account_group_permission (group_id);
    CREATE UNIQUE INDEX auth_account_group_permission_all
        ON auth_account_group_permission (group_id, codename) WHERE object IS NULL;
    CREATE UNIQUE INDEX auth_account_group_permission_one
        ON auth_account_group_permission (group_id, codename, object) WHERE object IS NOT NULL;
    CREATE TABLE auth_account_permission (
        account_id INTEGER NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        codename TEXT NOT NULL,
        object TEXT
    ) STRICT;
    CREATE INDEX auth_account_permission_account ON auth_account_permission (account_id);
    CREATE UNIQUE INDEX auth_account_permission_all
        ON auth_account_permission (account_id, codename) WHERE object IS NULL;
    CREATE UNIQUE INDEX auth_account_permission_one
        ON auth_account_permission (account_id, codename, object) WHERE object IS NOT NULL;
",
    "
    CREATE TABLE auth_signing_key (
        id TEXT PRIMARY KEY,
        account_id INTEGER NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        algorithm TEXT NOT NULL,
        material BLOB NOT NULL,
        label TEXT NOT NULL,
        created INTEGER NOT NULL,
        not_before INTEGER,
        expires INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX auth_signing_key_account ON auth_signing_key (account_id);
",
    "
    ALTER TABLE auth_account ADD COLUMN skeleton TEXT NOT NULL DEFAULT '';
    ALTER TABLE auth_account ADD COLUMN may_look_alike INTEGER NOT NULL DEFAULT 1;
    UPDATE auth_account SET skeleton = lower(username);
    CREATE INDEX auth_account_skeleton ON auth_account (skeleton);
    CREATE UNIQUE INDEX auth_account_new_skeleton ON auth_account (skeleton) WHERE NOT may_look_alike;
",
];

/// Migrates the tables if `mode` allows it, in one transaction that other processes wait for.
pub(super) async fn run(connection: &mut SqliteConnection, mode: OpenMode) -> Result<(), OpenError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    // Checked without the lock first: this process may not be allowed to write a file that is up to date.
    if !mode.migrates(version(connection).await?, known)? {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(OpenError::Open)?;
    let found = version(&mut transaction).await?;
    if mode.migrates(found, known)? {
        for (version, step) in (1_i64..).zip(STEPS).skip(usize::try_from(found).unwrap_or_default()) {
            sqlx::raw_sql(*step).execute(&mut *transaction).await.map_err(OpenError::Migrate)?;
            if version == NAMES {
                normalize_names(&mut transaction).await.map_err(OpenError::Migrate)?;
            }
        }
        // A pragma takes no parameters. The value is a number, so this is safe.
        let version = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {known}"));
        sqlx::raw_sql(version).execute(&mut *transaction).await.map_err(OpenError::Migrate)?;
    }
    transaction.commit().await.map_err(OpenError::Migrate)
}

/// Returns the number of the last step that has run.
async fn version(connection: &mut SqliteConnection) -> Result<i64, OpenError> {
    let row = sqlx::query("PRAGMA user_version").fetch_one(connection).await.map_err(OpenError::Open)?;
    row.try_get(0).map_err(OpenError::Open)
}
