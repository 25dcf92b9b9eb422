//! The migrations in order. `auth_migration` stores the number of the last step.

use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgPool};

use super::sql::normalize::normalize_names;
use crate::open::{OpenError, OpenMode};

/// The number of the step that is followed by normalizing names.
const NAMES: i64 = 4;

/// Released steps never change: add a new step at the end.
///
/// Names are compared by code point, regardless of the database's locale.
const STEPS: &[&str] = &[
    "
    CREATE TABLE auth_account (
        id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        username TEXT COLLATE \"C\" NOT NULL UNIQUE,
        password_hash TEXT,
        is_active BOOLEAN NOT NULL,
        is_staff BOOLEAN NOT NULL,
        epoch BIGINT NOT NULL DEFAULT 0
    );
    CREATE TABLE auth_client (
        name TEXT COLLATE \"C\" PRIMARY KEY,
        idle_lifetime BIGINT,
        absolute_lifetime BIGINT,
        access_lifetime BIGINT,
        max_logins BIGINT,
        ends_oldest BOOLEAN NOT NULL,
        single_login BOOLEAN NOT NULL,
        rate TEXT,
        allowed_origins TEXT NOT NULL
    );
    CREATE TABLE auth_login (
        id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        account_id BIGINT NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        epoch BIGINT NOT NULL,
        client TEXT NOT NULL,
        digest BYTEA UNIQUE,
        csrf_secret TEXT,
        created BIGINT NOT NULL,
        last_used BIGINT NOT NULL,
        idle_timeout BIGINT,
        expires BIGINT,
        name TEXT NOT NULL,
        address TEXT,
        user_agent TEXT NOT NULL
    );
    CREATE INDEX auth_login_account ON auth_login (account_id);
    CREATE TABLE auth_token (
        id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        account_id BIGINT NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        epoch BIGINT NOT NULL,
        login_id BIGINT REFERENCES auth_login (id) ON DELETE CASCADE,
        client TEXT NOT NULL,
        digest BYTEA NOT NULL UNIQUE,
        name TEXT NOT NULL,
        created BIGINT NOT NULL,
        last_used BIGINT,
        idle_timeout BIGINT,
        expires BIGINT
    );
    CREATE INDEX auth_token_account ON auth_token (account_id);
    CREATE INDEX auth_token_login ON auth_token (login_id);
    CREATE TABLE auth_replay (
        scope TEXT NOT NULL,
        digest BYTEA NOT NULL,
        expires BIGINT NOT NULL,
        PRIMARY KEY (scope, digest)
    );
    CREATE INDEX auth_replay_expires ON auth_replay (expires);
",
    "
    CREATE TABLE auth_account_group (
        id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        name TEXT COLLATE \"C\" NOT NULL UNIQUE
    );
    CREATE TABLE auth_account_group_member (
        account_id BIGINT NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        group_id BIGINT NOT NULL REFERENCES auth_account_group (id) ON DELETE CASCADE,
        PRIMARY KEY (account_id, group_id)
    );
    CREATE INDEX auth_account_group_member_group ON auth_account_group_member (group_id);
    CREATE TABLE auth_account_group_permission (
        group_id BIGINT NOT NULL REFERENCES auth_account_group (id) ON DELETE CASCADE,
        codename TEXT COLLATE \"C\" NOT NULL,
        object TEXT COLLATE \"C\"
    );
    CREATE INDEX auth_account_group_permission_group ON auth_account_group_permission (group_id);
    CREATE UNIQUE INDEX auth_account_group_permission_all
        ON auth_account_group_permission (group_id, codename) WHERE object IS NULL;
    CREATE UNIQUE INDEX auth_account_group_permission_one
        ON auth_account_group_permission (group_id, codename, object) WHERE object IS NOT NULL;
    CREATE TABLE auth_account_permission (
        account_id BIGINT NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        codename TEXT COLLATE \"C\" NOT NULL,
        object TEXT COLLATE \"C\"
    );
    CREATE INDEX auth_account_permission_account ON auth_account_permission (account_id);
    CREATE UNIQUE INDEX auth_account_permission_all
        ON auth_account_permission (account_id, codename) WHERE object IS NULL;
    CREATE UNIQUE INDEX auth_account_permission_one
        ON auth_account_permission (account_id, codename, object) WHERE object IS NOT NULL;
",
    "
    CREATE TABLE auth_signing_key (
        id TEXT COLLATE \"C\" PRIMARY KEY,
        account_id BIGINT NOT NULL REFERENCES auth_account (id) ON DELETE CASCADE,
        algorithm TEXT NOT NULL,
        material BYTEA NOT NULL,
        label TEXT NOT NULL,
        created BIGINT NOT NULL,
        not_before BIGINT,
        expires BIGINT
    );
    CREATE INDEX auth_signing_key_account ON auth_signing_key (account_id);
",
    "
    ALTER TABLE auth_account ADD COLUMN skeleton TEXT COLLATE \"C\" NOT NULL DEFAULT '';
    ALTER TABLE auth_account ADD COLUMN may_look_alike BOOLEAN NOT NULL DEFAULT TRUE;
    UPDATE auth_account SET skeleton = lower(username);
    CREATE INDEX auth_account_skeleton ON auth_account (skeleton);
    CREATE UNIQUE INDEX auth_account_new_skeleton ON auth_account (skeleton) WHERE NOT may_look_alike;
",
];

/// An advisory lock number that no other program is likely to use: the letters `auth` and a version of this scheme.
const LOCK: i64 = 0x6175_7468_0001;

/// Migrates the tables if `mode` allows it, in one transaction that other processes wait for.
pub(super) async fn run(pool: &PgPool, mode: OpenMode) -> Result<(), OpenError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let mut connection = pool.acquire().await.map_err(OpenError::Open)?;
    // Checked without the lock first: this role may not be allowed to change tables that are up to date.
    if !mode.migrates(version(&mut connection).await?, known)? {
        return Ok(());
    }
    let mut transaction = connection.begin().await.map_err(OpenError::Open)?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *transaction)
        .await
        .map_err(OpenError::Open)?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS auth_migration (version BIGINT PRIMARY KEY)")
        .execute(&mut *transaction)
        .await
        .map_err(OpenError::Migrate)?;
    let found = version(&mut transaction).await?;
    if mode.migrates(found, known)? {
        for (version, step) in (1_i64..).zip(STEPS).skip(usize::try_from(found).unwrap_or_default()) {
            sqlx::raw_sql(*step).execute(&mut *transaction).await.map_err(OpenError::Migrate)?;
            if version == NAMES {
                normalize_names(&mut transaction).await.map_err(OpenError::Migrate)?;
            }
            sqlx::query("INSERT INTO auth_migration (version) VALUES ($1)")
                .bind(version)
                .execute(&mut *transaction)
                .await
                .map_err(OpenError::Migrate)?;
        }
    }
    transaction.commit().await.map_err(OpenError::Migrate)
}

/// Returns the number of the last step that has run.
async fn version(connection: &mut PgConnection) -> Result<i64, OpenError> {
    let table =
        sqlx::query_scalar("SELECT to_regclass('auth_migration') IS NOT NULL").fetch_one(&mut *connection).await;
    let is_there: bool = table.map_err(OpenError::Open)?;
    if !is_there {
        return Ok(0);
    }
    let version =
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM auth_migration").fetch_one(connection).await;
    version.map_err(OpenError::Migrate)
}
