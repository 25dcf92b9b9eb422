//! Servers that are there and do not answer: every call ends, and all is well afterwards.

use std::time::{Duration, Instant};

use auth_runtime::store::{AccountStore, CredentialStore, LoginStore, ReplayStore};
use auth_runtime::throttle::{CounterStore, Limit};
use auth_runtime::{PresentedToken, Username};
use auth_store::{Account, PostgresStore, RedisCounters, RedisStore, SqliteStore, StoreOptions};

use crate::given::{Contract, NOW, cookie, digest, find_token, furnished, has_login, has_token, make, token};
use crate::postgres::Database;
use crate::proxy::Proxy;

/// Long enough for a busy machine to open a connection in.
const CALL_TIMEOUT: Duration = Duration::from_secs(2);

/// What a call may take by the clock of a busy machine.
const BOUND: Duration = Duration::from_secs(8);

fn options() -> StoreOptions {
    StoreOptions::default().with_call_timeout(CALL_TIMEOUT)
}

/// Everything that asks the server fails within the bound.
async fn assert_unanswered<T: std::fmt::Debug, E: std::fmt::Display>(
    what: &str,
    call: impl Future<Output = Result<T, E>>,
) {
    let began = Instant::now();
    let error = call.await.expect_err(what);
    assert!(began.elapsed() < BOUND, "{what} took {:?}", began.elapsed());
    assert!(error.to_string().starts_with("the store did not answer"), "{what}: {error}");
}

/// Calls of each kind at once, none of which is answered.
async fn assert_nothing_is_answered(store: &impl Contract, ada: &Account) {
    let known = PresentedToken::of(digest("ada-token-1"));
    let (a_digest, unknown) = (digest("ada-login-1"), digest("unknown"));
    tokio::join!(
        assert_unanswered("find_token", store.find_token(&known)),
        assert_unanswered("find_login", store.find_login(&a_digest)),
        assert_unanswered("insert_login", store.insert_login(ada, cookie("new"))),
        assert_unanswered("insert_token", store.insert_token(ada, token("new"))),
        assert_unanswered("end_login", store.end_login(&unknown)),
        assert_unanswered("logins", store.logins(ada)),
        assert_unanswered("revoke_logins", store.revoke_logins(ada, None)),
        assert_unanswered("has_permissions", store.has_permissions(ada, &["reports.view"], None)),
        assert_unanswered("groups", store.groups()),
        assert_unanswered("create_group", store.create_group("new")),
        assert_unanswered("accounts", store.accounts("", "", 9)),
        assert_unanswered("clients", store.clients()),
    );
    let touched = [(1.into(), NOW)];
    let name = Username::parse("ada").unwrap();
    tokio::join!(
        assert_unanswered("find_by_username", store.find_by_username(&name)),
        assert_unanswered("set_active", store.set_active("ada", false)),
        assert_unanswered("touch_tokens", store.touch_tokens(&touched)),
        assert_unanswered("first_use", store.first_use("nonce", &unknown, NOW, NOW)),
        assert_unanswered("sweep", store.sweep(NOW)),
    );
}

/// Few connections: a build without optimization is slow to open them.
const CONNECTIONS: u32 = 4;

async fn postgres(test: &str) -> (Database, Proxy, PostgresStore) {
    let database = Database::new(test).await;
    let (proxy, url) = Proxy::before_url(&database.url());
    let store = PostgresStore::open_with(&url, options().with_connections(CONNECTIONS)).await.unwrap();
    (database, proxy, store)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_a_database_that_does_not_answer_end() {
    let (database, proxy, store) = postgres("unanswered").await;
    let ada = furnished(&store, "ada").await;
    proxy.stop();
    Box::pin(assert_nothing_is_answered(&store, &ada)).await;
    proxy.go_on();
    assert!(find_token(&store, "ada-token-1").await.is_some());
    store.insert_login(&ada, cookie("afterwards")).await.unwrap().kept().unwrap();
    assert!(has_login(&store, "afterwards").await && !has_login(&store, "new").await);

    // What closes it waits no longer than a call may take.
    proxy.stop();
    let hanging = tokio::spawn({
        let store = store.clone();
        async move { store.account("ada").await }
    });
    tokio::task::yield_now().await;
    tokio::time::timeout(BOUND, store.close()).await.expect("closing ends");
    hanging.await.unwrap().unwrap_err();
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_a_network_forgot_are_replaced() {
    let (database, proxy, store) = postgres("forgotten").await;
    let ada = make(&store, "ada").await;
    let at_once = async || {
        let calls = (0..CONNECTIONS).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.account("ada").await })
        });
        let mut answers = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            answers.push(call.await.unwrap());
        }
        answers
    };
    assert!(at_once().await.into_iter().all(|found| found.unwrap().as_ref() == Some(&ada)));
    proxy.lose_connections();
    // Each of those that were in use a moment ago may keep one call waiting, and new ones take a busy machine a while.
    for round in 0.. {
        let answers = at_once().await;
        if answers.iter().all(Result::is_ok) {
            break;
        }
        assert!(round < 5, "{answers:?}");
    }
    store.insert_login(&ada, cookie("afterwards")).await.unwrap().kept().unwrap();
    tokio::time::timeout(BOUND, store.close()).await.expect("closing ends");
    database.remove().await;
}

#[tokio::test]
async fn a_transaction_begins_anew_where_its_connection_was_cut() {
    let (database, proxy, store) = postgres("begins-again").await;
    let ada = make(&store, "ada").await;
    for n in 0..4 {
        proxy.cut();
        store.insert_login(&ada, cookie(&format!("login-{n}"))).await.unwrap().kept().unwrap();
    }
    store.close().await;
    database.remove().await;
}

async fn redis() -> (Proxy, RedisStore<SqliteStore>) {
    let (proxy, url) = Proxy::before_url(&crate::redis::address());
    let behind = SqliteStore::in_memory().await.unwrap();
    let store = RedisStore::open_with(behind, &url, options()).await.unwrap();
    (proxy, store.with_prefix(&crate::redis::prefix()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_a_redis_that_does_not_answer_end() {
    let (proxy, store) = redis().await;
    let ada = furnished(&store, "ada").await;
    let (login, nonce) = (digest("ada-login-1"), digest("nonce"));
    let counters = store.counters();
    proxy.stop();
    let limit = Limit::new(1, Duration::from_secs(60));
    tokio::join!(
        assert_unanswered("find_login", store.find_login(&login)),
        assert_unanswered("insert_login", store.insert_login(&ada, cookie("new"))),
        assert_unanswered("logins", store.logins(&ada)),
        assert_unanswered("first_use", store.first_use("nonce", &nonce, NOW, NOW)),
        assert_unanswered("take", counters.take("ada", limit, NOW)),
    );
    assert!(has_token(&store, "ada-token-1").await, "the store behind answers");
    proxy.go_on();
    assert!(has_login(&store, "ada-login-1").await && !has_login(&store, "never").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_connection_that_a_network_forgot_is_replaced() {
    let (proxy, store) = redis().await;
    furnished(&store, "ada").await;
    proxy.lose_connections();
    assert_unanswered("find_login", store.find_login(&digest("ada-login-1"))).await;
    assert!(has_login(&store, "ada-login-1").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn look_ups_in_redis_are_made_again_where_the_connection_was_cut() {
    let (proxy, store) = redis().await;
    let ada = furnished(&store, "ada").await;
    for _ in 0..4 {
        proxy.cut();
        assert!(has_login(&store, "ada-login-1").await);
        proxy.cut();
        assert!(has_token(&store, "ada-access-1").await);
        proxy.cut();
        assert_eq!(store.logins(&ada).await.unwrap().len(), 4);
    }
}

#[tokio::test]
async fn counters_open_with_a_deadline() {
    let (proxy, url) = Proxy::before_url(&crate::redis::address());
    let counters = RedisCounters::open_with(&url, options()).await.unwrap().with_prefix(&crate::redis::prefix());
    proxy.stop();
    let limit = Limit::new(1, Duration::from_secs(60));
    assert_unanswered("take", counters.take("ada", limit, NOW)).await;
}
