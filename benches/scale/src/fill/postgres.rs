//! A database of a PostgreSQL server.

use auth_runtime::store::Client;
use auth_runtime::{Digest, TokenKind};
use auth_store::PostgresStore;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, query, raw_sql};

use super::{ADDRESS, Filling, TOKEN_NAME, USER_AGENT};
use crate::credential::{cookie_digest, csrf_secret, token_digest, username};

/// Makes the database `name` beside the one of this address, whose role may do that. One that is there was filled before.
///
/// The tables are the store's own. Ten thousand rows a statement, out of an array; then what a server does by itself within
/// some minutes, so that it does not do so while it is measured.
pub async fn fill(address: &str, name: &str, filling: &Filling) {
    let options: PgConnectOptions = address.parse().expect("an address");
    let mut server = options.clone().connect().await.expect("a server");
    let unfinished = format!("{name}_unfinished");
    run(&mut server, format!("DROP DATABASE IF EXISTS {unfinished}")).await;
    run(&mut server, format!("CREATE DATABASE {unfinished}")).await;
    PostgresStore::open(&beside(address, &unfinished)).await.expect("a database").close().await;
    let options = options.database(&unfinished).disable_statement_logging();
    let mut connection = options.connect().await.expect("a database");
    for part in filling.parts() {
        query(
            "INSERT INTO auth_account (username, password_hash, is_active, is_staff) \
             SELECT name, $1, TRUE, FALSE FROM unnest($2::text[]) WITH ORDINALITY given (name, at) ORDER BY at",
        )
        .bind(&filling.hash)
        .bind(part.clone().map(username).collect::<Vec<_>>())
        .execute(&mut connection)
        .await
        .expect("accounts");
        let first = i64::try_from(*part.start()).expect("a small number");
        let digests = |digest: &dyn Fn(u64) -> Digest| -> Vec<Vec<u8>> {
            part.clone().map(|n| digest(n).as_bytes().to_vec()).collect()
        };
        query(
            "INSERT INTO auth_token (account_id, epoch, client, digest, name, created, last_used) \
             SELECT $1 + at - 1, 0, '', digest, $2, $3, $3 \
             FROM unnest($4::bytea[]) WITH ORDINALITY given (digest, at) ORDER BY at",
        )
        .bind(first)
        .bind(TOKEN_NAME)
        .bind(filling.since_millis())
        .bind(digests(&|n| token_digest(TokenKind::Personal, n)))
        .execute(&mut connection)
        .await
        .expect("tokens");
        query(
            "INSERT INTO auth_login (account_id, epoch, client, digest, csrf_secret, created, last_used, \
             idle_timeout, expires, name, address, user_agent) \
             SELECT $1 + at - 1, 0, $2, digest, secret, $3, $3, $4, $5, '', $6, $7 \
             FROM unnest($8::bytea[], $9::text[]) WITH ORDINALITY given (digest, secret, at) ORDER BY at",
        )
        .bind(first)
        .bind(Client::DEFAULT_NAME)
        .bind(filling.since_millis())
        .bind(Filling::idle_millis())
        .bind(filling.expires_millis())
        .bind(ADDRESS)
        .bind(USER_AGENT)
        .bind(digests(&cookie_digest))
        .bind(part.map(csrf_secret).collect::<Vec<_>>())
        .execute(&mut connection)
        .await
        .expect("logins");
    }
    run(&mut connection, "VACUUM (ANALYZE)".to_owned()).await;
    run(&mut connection, "CHECKPOINT".to_owned()).await;
    connection.close().await.expect("nothing is under way");
    run(&mut server, format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
}

/// Whether there is a database `name` beside the one of this address.
pub async fn is_there(address: &str, name: &str) -> bool {
    let options: PgConnectOptions = address.parse().expect("an address");
    let mut server = options.connect().await.expect("a server");
    let found = query("SELECT 1 FROM pg_database WHERE datname = $1").bind(name).fetch_optional(&mut server).await;
    found.expect("an answer").is_some()
}

/// Drops it.
pub async fn remove(address: &str, name: &str) {
    let options: PgConnectOptions = address.parse().expect("an address");
    let mut server = options.connect().await.expect("a server");
    run(&mut server, format!("DROP DATABASE IF EXISTS {name}")).await;
}

/// Its size in bytes, indexes included.
pub async fn bytes(address: &str, name: &str) -> u64 {
    let options: PgConnectOptions = address.parse().expect("an address");
    let mut server = options.connect().await.expect("a server");
    let size = query("SELECT pg_database_size($1)").bind(name).fetch_one(&mut server).await.expect("a size");
    size.get::<i64, _>(0).unsigned_abs()
}

/// Reads all of it into the server's memory.
pub async fn read(address: &str, name: &str) {
    let options: PgConnectOptions = address.parse().expect("an address");
    let mut database = options.database(name).connect().await.expect("a database");
    raw_sql(
        "CREATE EXTENSION IF NOT EXISTS pg_prewarm; SELECT pg_prewarm(oid) FROM pg_class \
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')",
    )
    .execute(&mut database)
    .await
    .expect("the extension of PostgreSQL's own package");
}

/// The version of the server.
pub async fn version(address: &str) -> String {
    let options: PgConnectOptions = address.parse().expect("an address");
    let mut server = options.connect().await.expect("a server");
    let row = query("SELECT current_setting('server_version')").fetch_one(&mut server).await.expect("a version");
    row.get(0)
}

/// The address of the database `name` on the same server.
pub fn beside(address: &str, name: &str) -> String {
    let (server, _) = address.rsplit_once('/').expect("an address with a database");
    format!("{server}/{name}")
}

async fn run(connection: &mut PgConnection, statement: String) {
    // No parameter can stand in these, and the names in them are this crate's own.
    raw_sql(AssertSqlSafe(statement)).execute(connection).await.expect("a statement without a fault");
}
