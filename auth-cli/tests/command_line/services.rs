//! The same on PostgreSQL and Redis, which `.ci/services` starts.

use auth_store::{AnyStore, RedisStore};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::django::{POSTGRES, Secrets, sqlite};
use crate::import::{all_imported, all_is_as_it_was, all_there, everything_works, tallies};
use crate::support::{Bench, user_of};

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run this by `bash .ci/services run`"))
}

/// An empty PostgreSQL database, by its address.
async fn postgres(name: &str) -> String {
    let server = variable("AUTH_TEST_POSTGRES");
    let options: PgConnectOptions = server.parse().unwrap();
    let mut connection = options.connect().await.unwrap();
    for statement in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let (server, _) = server.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

/// A Redis database of one's own, emptied: the tests' accounts have the same ids.
async fn redis(number: u8) -> String {
    let address = format!("{}/{number}", variable("AUTH_TEST_REDIS").trim_end_matches('/'));
    let client = redis::Client::open(address.as_str()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("FLUSHDB").query_async::<()>(&mut connection).await.unwrap();
    address
}

async fn on_postgres(name: &str) -> Bench {
    let mut bench = Bench::new(name);
    bench.database = postgres(&format!("auth_cli_{}", name.replace('-', "_"))).await;
    bench
}

/// The other database, in PostgreSQL.
async fn django(name: &str) -> String {
    let address = postgres(name).await;
    let mut connection = PgConnection::connect(&address).await.unwrap();
    sqlx::raw_sql(POSTGRES).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    address
}

/// Users, tokens and clients by the commands.
async fn administer(bench: &Bench) {
    bench.run(&["migrate"]).text();
    bench.run_with(&["users", "create", "ada", "--staff"], "correct horse\n").text();
    bench.run(&["users", "create", "ada", "--no-password"]).failure(3);
    bench.run(&["users", "create", "bob", "--no-password"]).text();
    let token = bench.token("ada");
    let store = bench.store().await;
    assert_eq!(user_of(&store, &token).await.as_deref(), Some("ada"));
    assert_eq!(bench.json(&["tokens", "list", "ada"])["tokens"].as_array().unwrap().len(), 1);
    bench.run(&["users", "disable", "ada"]).text();
    assert_eq!(user_of(&store, &token).await, None);
    bench.run(&["users", "enable", "ada"]).text();
    assert_eq!(bench.json(&["clients", "set", "web", "--rate", "5/10minute"])["rate"], "5/10minute");
    bench.run(&["clients", "delete", "web"]).text();
    bench.run(&["clients", "delete", "web"]).failure(3);
    let second = bench.token("ada");
    bench.run_with(&["users", "set-password", "ada", "--keep-tokens"], "battery staple\n").text();
    assert_eq!(user_of(&store, &second).await.as_deref(), Some("ada"));
    assert_eq!(bench.json(&["keys", "create", "ada", "--id", "k"])["user"], "ada");
    bench.run(&["keys", "create", "bob", "--id", "k"]).failure(3);
    bench.run(&["keys", "expire", "k", "--in", "7d"]).text();
    assert_eq!(bench.json(&["keys", "list", "ada"])["keys"][0]["has_expired"], false);
    bench.run(&["users", "delete", "ada"]).text();
    assert_eq!(user_of(&store, &second).await, None);
    bench.run(&["keys", "remove", "k"]).failure(3);
    let list = bench.run(&["users", "list"]).text();
    assert_eq!(list, "ID  NAME  ACTIVE  STAFF\n2   bob   yes     no\n");
    bench.json(&["sweep"]);
    store.close().await;
}

#[tokio::test]
async fn postgres_is_administered() {
    administer(&on_postgres("pg-admin").await).await;
}

#[tokio::test]
async fn redis_in_front_is_administered() {
    let mut bench = on_postgres("redis-admin").await;
    bench.redis = Some(redis(1).await);
    administer(&bench).await;
}

#[tokio::test]
async fn postgres_comes_over_to_postgres_and_to_sqlite() {
    let django = django("auth_cli_django_pg").await;
    for bench in [on_postgres("pg-import").await, Bench::new("pg-to-sqlite")] {
        let dry = bench.json(&["import", &django, "--dry-run"]);
        let mut report = bench.json(&["import", &django]);
        assert_eq!(tallies(&report), all_imported());
        report["dry_run"] = true.into();
        assert_eq!(dry, report);
        assert_eq!(tallies(&bench.json(&["import", &django])), all_there());
        let store = bench.store().await;
        all_is_as_it_was(&store).await;
        everything_works(&store).await;
        store.close().await;
    }
}

#[tokio::test]
async fn a_database_of_postgres_may_be_the_application_s_own() {
    let mut bench = Bench::new("pg-same");
    bench.database = django("auth_cli_django_same").await;
    assert_eq!(tallies(&bench.json(&["import", &bench.database])), all_imported());
    everything_works(&bench.store().await).await;
}

#[tokio::test]
async fn a_row_of_postgres_that_cannot_be_read_is_named() {
    let bench = Bench::new("pg-damaged");
    let django = django("auth_cli_django_damaged").await;
    let mut connection = PgConnection::connect(&django).await.unwrap();
    let damage = "UPDATE authtoken_token SET created = 'infinity' WHERE user_id = 1; \
         UPDATE durin_client SET token_ttl = '-1 day' WHERE id = 1; \
         UPDATE knox_authtoken SET digest = 'short' WHERE user_id = 6";
    sqlx::raw_sql(damage).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let report = bench.json(&["import", &django]);
    let columns: Vec<_> = report["unreadable"].as_array().unwrap().iter().map(|row| row["column"].clone()).collect();
    assert_eq!(columns, ["created", "digest", "token_ttl"]);
    assert_eq!(report["tables"][4]["skipped"], json!({ "no_client": 2 }));
}

#[tokio::test]
async fn logins_come_over_to_redis() {
    let mut bench = Bench::new("redis-import");
    let (django, address) = (sqlite(&bench, "").await, redis(2).await);
    bench.redis = Some(address.clone());
    assert_eq!(tallies(&bench.json(&["import", &django])), all_imported());
    assert_eq!(tallies(&bench.json(&["import", &django])), all_there());

    let behind: AnyStore = bench.store().await;
    let secrets = Secrets::read();
    assert_eq!(user_of(&behind, &secrets.knox["ada"]).await, None, "it is in Redis");
    let store = RedisStore::open(behind, &address).await.unwrap();
    all_is_as_it_was(&store).await;
    everything_works(&store).await;

    let listed = bench.json(&["logins", "list", "ada"]);
    let id = listed["logins"][0]["id"].as_str().unwrap();
    assert!(id.starts_with('-'), "{id}");
    bench.run(&["logins", "revoke", "ada", id]).text();
    bench.run(&["logins", "revoke", "ada", id]).failure(3);
    assert_eq!(bench.json(&["logins", "revoke", "ada", "--all"])["ended"], 1);
    assert_eq!(user_of(&store, &secrets.knox["ada"]).await, None);
}

#[tokio::test]
async fn a_wrong_password_of_a_server_is_not_shown() {
    let mut bench = Bench::new("pg-wrong-password");
    let options: PgConnectOptions = variable("AUTH_TEST_POSTGRES").parse().unwrap();
    bench.database = format!("postgres://auth:s3cret@{}:{}/auth", options.get_host(), options.get_port());
    let failure = bench.run(&["users", "list"]).failure(1);
    assert!(failure.contains("check that the server runs, and the name and password"), "{failure}");
    assert!(!failure.contains("s3cret"), "{failure}");
    let failure = Bench::new("pg-wrong-import").run(&["import", &bench.database]).failure(1);
    assert!(failure.contains("cannot be read") && !failure.contains("s3cret"), "{failure}");
}
