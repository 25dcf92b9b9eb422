//! What a PostgreSQL database promises beside the contract; and where the tests find a server.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use auth_runtime::store::{
    AccountStore, Client, ClientStore, CredentialStore, Keep, LoginStore, NewAccount, PermissionStore, SweepStore,
    TokenStore,
};
use auth_runtime::{Digest, PresentedToken};
use auth_store::{OpenError, PostgresStore, StoreOptions};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use crate::given::{ALL, Fresh, NOW, PATIENT, client, digest, furnished, left, make};
use crate::names::{insert_old, old_names_are_found};

/// A database for one test.
pub(crate) struct Database {
    name: String,
}

fn server() -> String {
    std::env::var("AUTH_TEST_POSTGRES").expect(
        "AUTH_TEST_POSTGRES says where a PostgreSQL server is, and is not set: \
         `bash .ci/services run cargo test -p auth-store --features services` starts one for the tests",
    )
}

async fn administer(sql: String) {
    let mut server = PgConnection::connect(&server()).await.unwrap();
    // It has names that are made here, and takes no parameters.
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut server).await.unwrap();
    server.close().await.unwrap();
}

impl Database {
    /// A new one, with nothing in it.
    pub(crate) async fn new(test: &str) -> Self {
        // Another run beside this one has other names.
        let unique = Digest::of(format!("{test} {}", std::process::id()).as_bytes());
        let number = unique.as_bytes().first_chunk().map(|bytes| u128::from_be_bytes(*bytes)).unwrap();
        let name = format!("auth_test_{number:032x}");
        administer(format!("CREATE DATABASE {name}")).await;
        Self { name }
    }

    fn options(&self) -> PgConnectOptions {
        PgConnectOptions::from_str(&server()).unwrap().database(&self.name).disable_statement_logging()
    }

    pub(crate) fn url(&self) -> String {
        let server = server();
        let (server, _) = server.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }

    /// Few connections, so that many tests find room on one server.
    async fn pool(&self) -> PgPool {
        PgPoolOptions::new().max_connections(4).connect_with(self.options()).await.unwrap()
    }

    /// With time for calls on a busy machine.
    async fn store(&self) -> PostgresStore {
        PostgresStore::over_with(self.pool().await, PATIENT).await.unwrap()
    }

    async fn run_sql(&self, sql: &'static str) {
        let mut connection = PgConnection::connect_with(&self.options()).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// All tables and columns of the database.
    async fn tables(&self) -> Vec<String> {
        let mut connection = PgConnection::connect_with(&self.options()).await.unwrap();
        let columns = sqlx::query(
            "SELECT table_name || '.' || column_name FROM information_schema.columns \
             WHERE table_schema = 'public' ORDER BY 1",
        );
        let columns = columns.fetch_all(&mut connection).await.unwrap();
        columns.iter().map(|row| row.get(0)).collect()
    }

    pub(crate) async fn remove(self) {
        administer(format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

pub(crate) async fn fresh(test: &str) -> Fresh<PostgresStore> {
    let database = Database::new(test).await;
    Fresh { stores: [database.store().await, database.store().await], database: Some(database) }
}

#[tokio::test]
async fn an_empty_database_is_opened_by_many_at_once() {
    let database = Database::new("many").await;
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let url = database.url();
            tokio::spawn(async move { PostgresStore::open(&url).await })
        })
        .collect();
    let mut stores = Vec::new();
    for store in opening {
        stores.push(store.await.unwrap().unwrap());
    }
    let ada = furnished(&stores[0], "ada").await;
    assert_eq!(stores[7].account("ada").await.unwrap(), Some(ada));
    assert_eq!(left(&stores[3], "ada").await, ALL);
    database.remove().await;
}

#[tokio::test]
async fn a_database_keeps_everything_when_it_is_opened_again() {
    let database = Database::new("again").await;
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let ada = furnished(&store, "ada").await;
    let tables = database.tables().await;
    store.close().await;
    let closed = store.find_token(&PresentedToken::of(digest("ada-token-1"))).await;
    closed.expect_err("a closed store is an error and no answer");
    for _ in 0..2 {
        let store = PostgresStore::open(&database.url()).await.unwrap();
        assert_eq!(store.account("ada").await.unwrap(), Some(ada.clone()));
        assert_eq!(left(&store, "ada").await, ALL);
        assert_eq!(database.tables().await, tables);
        store.close().await;
    }
    database.remove().await;
}

#[tokio::test]
async fn a_look_up_is_made_anew_where_its_connection_was_cut() {
    let database = Database::new("cut").await;
    let store = PostgresStore::open(&database.url()).await.unwrap();
    let ada = make(&store, "ada").await;
    for many in [1, 8] {
        let looking = (0..many).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.account("ada").await.unwrap() })
        });
        for looked in looking.collect::<Vec<_>>() {
            assert_eq!(looked.await.unwrap(), Some(ada.clone()));
        }
        administer(format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'",
            database.name
        ))
        .await;
        // Of several that were kept, each of these meets another.
        assert_eq!(store.account("ada").await.unwrap(), Some(ada.clone()), "after {many}");
        assert!(!store.has_permissions(&ada, &["reports.view"], Some("7")).await.unwrap(), "after {many}");
    }
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn look_ups_leave_an_application_its_own_connections() {
    let database = Database::new("shared").await;
    let pool = database.pool().await;
    let store = PostgresStore::over(pool.clone()).await.unwrap();
    let ada = make(&store, "ada").await;
    let looking: Vec<_> = (0..40)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.account("ada").await.unwrap() })
        })
        .collect();
    for looked in looking {
        assert_eq!(looked.await.unwrap(), Some(ada.clone()));
    }
    // All but one of its four are to be had at once.
    let mut taken = Vec::new();
    for _ in 0..3 {
        taken.push(pool.acquire().await.unwrap());
    }
    assert_eq!(store.account("ada").await.unwrap(), Some(ada));
    drop(taken);
    pool.close().await;
    store.account("ada").await.expect_err("a closed pool is an error and no answer");
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_leave_connections_to_writes_where_the_server_gives_few() {
    let database = Database::new("limit").await;
    let role = format!("{}_role", database.name);
    administer(format!("CREATE ROLE {role} LOGIN PASSWORD 'limited' CONNECTION LIMIT 8")).await;
    administer(format!("ALTER DATABASE {} OWNER TO {role}", database.name)).await;
    let (_, host) = server().rsplit_once('@').map(|(role, host)| (role.to_owned(), host.to_owned())).unwrap();
    let (host, _) = host.split_once('/').unwrap();
    let store = PostgresStore::open(&format!("postgres://{role}:limited@{host}/{}", database.name)).await.unwrap();
    let ada = make(&store, "ada").await;
    let is_over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..16)
        .map(|_| {
            let (store, is_over) = (store.clone(), Arc::clone(&is_over));
            tokio::spawn(async move {
                let mut found = 0;
                while !is_over.load(Ordering::Relaxed) {
                    assert!(store.account("ada").await.unwrap().is_some());
                    found += 1;
                }
                found
            })
        })
        .collect();
    for n in 0..10 {
        store.insert_login(&ada, crate::given::cookie(&format!("login-{n}"))).await.unwrap().kept().unwrap();
    }
    let writers = (10..30).map(|n| {
        let (store, ada) = (store.clone(), ada.clone());
        tokio::spawn(async move { store.insert_login(&ada, crate::given::cookie(&format!("login-{n}"))).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap().unwrap().kept().unwrap();
    }
    is_over.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.await.unwrap() > 0, "and nobody who reads is left without");
    }
    store.close().await;
    database.remove().await;
    administer(format!("DROP ROLE {role}")).await;
}

#[tokio::test]
async fn a_pool_is_as_large_as_it_was_set() {
    let database = Database::new("pool").await;
    let options = StoreOptions::default().with_connections(2);
    let store = PostgresStore::open_with(&database.url(), options).await.unwrap();
    make(&store, "ada").await;
    let looking = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.account("ada").await.unwrap() })
    });
    for looked in looking.collect::<Vec<_>>() {
        assert!(looked.await.unwrap().is_some());
    }
    let mut connection = PgConnection::connect_with(&database.options()).await.unwrap();
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let count: i64 = sqlx::query(others).fetch_one(&mut connection).await.unwrap().get(0);
    assert!((1..=2).contains(&count), "{count}");
    connection.close().await.unwrap();
    store.close().await;
    database.remove().await;
}

#[tokio::test]
async fn the_tables_of_an_application_stay_beside_those_of_the_store() {
    let database = Database::new("beside").await;
    database.run_sql("CREATE TABLE account (theirs TEXT); CREATE TABLE login (theirs TEXT)").await;
    let store = PostgresStore::over(database.pool().await).await.unwrap();
    furnished(&store, "ada").await;
    database.run_sql("SELECT theirs FROM account; SELECT theirs FROM login").await;
    let tables = database.tables().await;
    let names: Vec<_> = tables.iter().filter(|column| !column.starts_with("auth_")).collect();
    assert_eq!(names, ["account.theirs", "login.theirs"]);
    database.remove().await;
}

#[tokio::test]
async fn the_tables_of_a_newer_program_are_left_alone() {
    let database = Database::new("too-new").await;
    database
        .run_sql("CREATE TABLE auth_migration (version BIGINT PRIMARY KEY); INSERT INTO auth_migration VALUES (4711)")
        .await;
    let before = database.tables().await;
    let error = PostgresStore::open(&database.url()).await.unwrap_err();
    assert!(matches!(error, OpenError::TooNew { found: 4711, known } if known < 4711), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("4711") && text.contains("use a newer program"), "{text}");
    assert_eq!(database.tables().await, before);
    database.remove().await;
}

#[tokio::test]
async fn tables_of_something_else_are_not_touched() {
    for (n, sql) in [
        "CREATE TABLE auth_account (theirs TEXT); INSERT INTO auth_account VALUES ('x')",
        "CREATE TABLE auth_replay (theirs TEXT)",
        "CREATE TABLE auth_migration (theirs TEXT)",
    ]
    .into_iter()
    .enumerate()
    {
        let database = Database::new(&format!("foreign-{n}")).await;
        database.run_sql(sql).await;
        let before = database.tables().await;
        let error = PostgresStore::open(&database.url()).await.unwrap_err();
        assert!(matches!(error, OpenError::Migrate(_)), "{error:?}");
        assert_eq!(database.tables().await, before, "{sql}");
        if n == 0 {
            assert!(error.to_string().contains("auth_account"), "{error}");
            database.run_sql("DO $$ BEGIN ASSERT (SELECT theirs FROM auth_account) = 'x'; END $$").await;
        }
        database.remove().await;
    }
}

#[tokio::test]
async fn names_of_an_older_database_are_normalized_and_searched_for() {
    let database = Database::new("old-names").await;
    database.store().await.close().await;
    database
        .run_sql(
            "ALTER TABLE auth_account DROP COLUMN skeleton, DROP COLUMN may_look_alike; \
             DELETE FROM auth_migration WHERE version >= 4",
        )
        .await;
    let mut connection = PgConnection::connect_with(&database.options()).await.unwrap();
    let insert = insert_old("TRUE", "FALSE");
    sqlx::raw_sql(AssertSqlSafe(insert)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    old_names_are_found(&database.store().await).await;
    database.remove().await;
}

#[tokio::test]
async fn what_is_no_database_is_an_error_that_shows_no_password() {
    let server = server();
    let (server, _) = server.rsplit_once('/').unwrap();
    let password = server.split([':', '@']).nth(2).unwrap();
    for url in [
        &format!("{server}/auth_test_missing"),
        "postgres://auth:hunter2@127.0.0.1:1/auth",
        "postgres://auth:hunter2@127.0.0.1:port/auth",
        "hunter2",
        "",
    ] {
        let error = PostgresStore::open(url).await.unwrap_err();
        assert!(matches!(error, OpenError::Open(_)), "{error:?}");
        let said = format!("{error} {error:?}");
        assert!(said.starts_with("the database cannot be opened: "), "{said}");
        assert!(!said.contains("hunter2") && !said.contains(password), "{said}");
    }
}

#[tokio::test]
async fn names_mean_the_same_whatever_the_language_of_the_database() {
    let database = Database::new("language").await;
    administer(format!("DROP DATABASE {}", database.name)).await;
    let language = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'";
    administer(format!("CREATE DATABASE {} {language}", database.name)).await;
    let store = database.store().await;
    for name in ["b", "B", "a-1", "a_1", "Éa", "éa"] {
        // New names that look alike are refused.
        store.create_account(&NewAccount::imported(name)).await.unwrap().unwrap();
        if name.is_ascii() {
            store.put_client(&client(name)).await.unwrap();
        }
    }
    let names = async |search: &str, after: &str| {
        let accounts = store.accounts(search, after, 9).await.unwrap();
        accounts.into_iter().map(|account| account.username).collect::<Vec<_>>()
    };
    assert_eq!(names("", "").await, ["B", "a-1", "a_1", "b", "Éa", "éa"]);
    assert_eq!(names("", "a_1").await, ["b", "Éa", "éa"]);
    assert_eq!(
        (names("b", "").await, names("éA", "").await),
        (vec!["B".into(), "b".into()], vec!["Éa".into(), "éa".into()])
    );
    let clients = store.clients().await.unwrap();
    assert_eq!(clients.iter().map(Client::name).collect::<Vec<_>>(), ["B", "a-1", "a_1", "b"]);
    database.remove().await;
}

#[tokio::test]
async fn what_is_of_a_past_epoch_is_nothing() {
    let database = Database::new("epochs").await;
    let store = database.store().await;
    furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    database.run_sql("UPDATE auth_account SET epoch = epoch + 1 WHERE username = 'ada'").await;
    assert!(left(&store, "ada").await.is_empty());
    let ada = store.account("ada").await.unwrap().unwrap();
    assert!(store.logins(&ada).await.unwrap().is_empty() && store.tokens(&ada).await.unwrap().is_empty());
    assert!(store.set_password_hash("ada", Some("new"), Keep { login: None, personal_tokens: true }).await.unwrap());
    assert!(left(&store, "ada").await.is_empty(), "and nobody keeps it");
    assert_eq!(left(&store, "bob").await, ALL);
    database.remove().await;
}

#[tokio::test]
async fn rows_in_any_number_and_far_apart_are_swept() {
    let database = Database::new("sweep").await;
    let store = database.store().await;
    let ada = make(&store, "ada").await;
    database
        .run_sql(
            "INSERT INTO auth_token (id, account_id, epoch, client, digest, name, created, expires)
             OVERRIDING SYSTEM VALUE
             SELECT n * 1000000::bigint, 1, 0, '', int8send(n), '', 0, CASE WHEN n % 3 = 0 THEN NULL ELSE 1 END
             FROM generate_series(1, 12000) n",
        )
        .await;
    let swept = store.sweep(NOW).await.unwrap();
    assert_eq!((swept.tokens, store.tokens(&ada).await.unwrap().len()), (8_000, 4_000));
    database.remove().await;
}

#[tokio::test]
async fn a_database_has_digests_and_never_a_token_or_a_cookie() {
    let database = Database::new("digests").await;
    let store = database.store().await;
    furnished(&store, "ada").await;
    assert!(store.end_login(&digest("ada-login-2")).await.unwrap());
    let mut everything = String::new();
    let mut connection = PgConnection::connect_with(&database.options()).await.unwrap();
    for rows in
        ["SELECT l::text FROM auth_login l", "SELECT t::text FROM auth_token t", "SELECT a::text FROM auth_account a"]
    {
        for row in sqlx::query(rows).fetch_all(&mut connection).await.unwrap() {
            everything += &row.get::<String, _>(0);
        }
    }
    let hex = |text| digest(text).as_bytes().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    for kept in ["ada-token-1", "ada-login-1", "ada-access-1"] {
        assert!(everything.contains(&hex(kept)), "{kept}");
    }
    assert!(everything.contains("ada") && !everything.contains(&hex("ada-login-2")));
    for secret in ["ada-token", "ada-login", "ada-access"] {
        assert!(!everything.contains(secret), "{secret}");
    }
    database.remove().await;
}
