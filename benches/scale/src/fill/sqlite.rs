//! A SQLite file.

use std::fs;
use std::path::Path;

use auth_runtime::TokenKind;
use auth_runtime::store::Client;
use auth_store::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, query};

use super::{ADDRESS, Filling, TOKEN_NAME, USER_AGENT, hex};
use crate::credential::{cookie_digest, csrf_secret, token_digest, username};

/// Makes `file`. One that is there was filled before.
///
/// The tables are the store's own. One transaction without a journal fills them, ten thousand rows a statement, which takes
/// them out of a JSON array.
pub async fn fill(file: &Path, filling: &Filling) {
    let unfinished = file.with_extension("unfinished");
    for suffix in ["unfinished", "unfinished-wal", "unfinished-shm"] {
        drop(fs::remove_file(file.with_extension(suffix)));
    }
    SqliteStore::open(&unfinished).await.expect("a database").close().await;
    let options = SqliteConnectOptions::new()
        .filename(&unfinished)
        .foreign_keys(false)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-400000")
        .disable_statement_logging();
    let mut connection = options.connect().await.expect("the database");
    let mut transaction = connection.begin().await.expect("a transaction");
    for part in filling.parts() {
        let (first, since) = (i64::try_from(*part.start()).expect("a small number"), filling.since_millis());
        query(
            "INSERT INTO auth_account (id, username, password_hash, is_active, is_staff) \
             SELECT $1 + key, value, $2, TRUE, FALSE FROM json_each($3)",
        )
        .bind(first)
        .bind(&filling.hash)
        .bind(array(part.clone().map(username)))
        .execute(&mut *transaction)
        .await
        .expect("accounts");
        query(
            "INSERT INTO auth_token (id, account_id, epoch, client, digest, name, created, last_used) \
             SELECT $1 + key, $1 + key, 0, '', unhex(value), $2, $3, $3 FROM json_each($4)",
        )
        .bind(first)
        .bind(TOKEN_NAME)
        .bind(since)
        .bind(array(part.clone().map(|n| hex(&token_digest(TokenKind::Personal, n)))))
        .execute(&mut *transaction)
        .await
        .expect("tokens");
        query(
            "INSERT INTO auth_login (id, account_id, epoch, client, digest, csrf_secret, created, last_used, \
             idle_timeout, expires, name, address, user_agent) \
             SELECT $1 + key, $1 + key, 0, $2, unhex(value ->> 0), value ->> 1, $3, $3, $4, $5, '', $6, $7 \
             FROM json_each($8)",
        )
        .bind(first)
        .bind(Client::DEFAULT_NAME)
        .bind(since)
        .bind(Filling::idle_millis())
        .bind(filling.expires_millis())
        .bind(ADDRESS)
        .bind(USER_AGENT)
        .bind(
            serde_json::to_string(&part.map(|n| [hex(&cookie_digest(n)), csrf_secret(n)]).collect::<Vec<_>>())
                .expect("texts"),
        )
        .execute(&mut *transaction)
        .await
        .expect("logins");
    }
    transaction.commit().await.expect("a commit");
    connection.close().await.expect("a database that is whole");
    fs::rename(&unfinished, file).expect("the same folder");
}

fn array(texts: impl Iterator<Item = String>) -> String {
    serde_json::to_string(&texts.collect::<Vec<_>>()).expect("texts")
}

/// The version of the library.
pub async fn version() -> String {
    let mut connection = SqliteConnectOptions::new().in_memory(true).connect().await.expect("memory");
    let row = query("SELECT sqlite_version()").fetch_one(&mut connection).await.expect("a version");
    row.get(0)
}
