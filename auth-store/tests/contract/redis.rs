//! Logins in Redis, in front of a SQLite file; and the counters there.

use std::time::Duration;

use auth_runtime::NewSecret;
use auth_runtime::store::{AccountStore, Keep, LoginStore, StoreResult};
use auth_runtime::throttle::{CountOutcome, CounterStore, Counters, Limit};
use auth_store::{RedisCounters, RedisStore, SqliteStore};

use crate::given::{
    Fresh, NOW, PATIENT, cookie, find_login, furnished, has_login, has_token, left, log_in, make, seconds,
};

pub(crate) fn address() -> String {
    std::env::var("AUTH_TEST_REDIS").expect("AUTH_TEST_REDIS names no server: use `bash .ci/services run ..`")
}

/// A beginning of keys that no other test has.
pub(crate) fn prefix() -> String {
    format!("{}:", NewSecret::generate().unwrap().reveal())
}

pub(crate) async fn fresh(test: &str) -> Fresh<RedisStore<SqliteStore>> {
    in_front_of(crate::sqlite::fresh(&format!("redis::{test}")).await).await
}

/// The same in front of these.
pub(crate) async fn in_front_of(behind: Fresh<SqliteStore>) -> Fresh<RedisStore<SqliteStore>> {
    let Fresh { stores: [first, second], database } = behind;
    let prefix = prefix();
    let first = RedisStore::open_with(first, &address(), PATIENT).await.unwrap().with_prefix(&prefix);
    let second = RedisStore::open_with(second, &address(), PATIENT).await.unwrap().with_prefix(&prefix);
    Fresh { stores: [first, second], database }
}

#[tokio::test]
async fn logins_of_the_store_behind_stay_good_and_can_be_ended() {
    let store = fresh("behind").await.stores[0].clone();
    let ada = furnished(store.accounts(), "ada").await;
    assert_eq!(left(&store, "ada").await, crate::given::ALL);
    log_in(&store, &ada, cookie("in redis")).await;
    assert!(store.end_login(&crate::given::digest("ada-login-1")).await.unwrap());
    assert!(!has_login(&store, "ada-login-1").await && has_login(&store, "in redis").await);
    assert!(store.set_password_hash("ada", Some("new"), Keep::default()).await.unwrap());
    assert_eq!(left(&store, "ada").await, [""; 0]);
    assert!(!has_login(&store, "in redis").await);
}

#[tokio::test]
async fn the_accounts_word_counts_even_when_redis_was_not_told() {
    let store = fresh("epoch").await.stores[0].clone();
    furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    furnished(&store, "eve").await;
    // Past the store in front, as when Redis does not answer.
    store.accounts().set_password_hash("ada", Some("new"), Keep::default()).await.unwrap();
    store.accounts().set_active("bob", false).await.unwrap();
    store.accounts().delete_account("eve").await.unwrap();
    for name in ["ada", "bob", "eve"] {
        assert!(!has_login(&store, &format!("{name}-login-1")).await, "{name}");
        assert!(!has_token(&store, &format!("{name}-access-1")).await, "{name}");
    }
    store.accounts().set_active("bob", true).await.unwrap();
    assert!(!has_login(&store, "bob-login-1").await, "what has ended does not come back");
}

#[tokio::test]
async fn applications_with_other_prefixes_do_not_see_each_other() {
    let Fresh { stores: [first, second], .. } = fresh("prefix").await;
    let second = second.with_prefix(&prefix());
    let ada = make(&first, "ada").await;
    log_in(&first, &ada, cookie("first")).await;
    assert!(find_login(&first, "first").await.is_some());
    assert!(find_login(&second, "first").await.is_none());
    assert!(!second.end_login(&crate::given::digest("first")).await.unwrap());
}

#[tokio::test]
async fn a_redis_that_does_not_answer_is_an_error_and_nobody_is_let_in() {
    let nobody = RedisStore::open(SqliteStore::in_memory().await.unwrap(), "redis://127.0.0.1:1").await;
    assert!(nobody.is_err());
    assert!(RedisCounters::open("no address").await.is_err());
}

const THRICE: Limit = Limit::new(3, Duration::from_secs(60));

async fn counters() -> [Counters; 2] {
    two_counters().await.map(Counters::shared)
}

/// Counters of two processes that count together.
pub(crate) async fn two_counters() -> [RedisCounters; 2] {
    let prefix = prefix();
    let open = || async { RedisCounters::open(&address()).await.unwrap().with_prefix(&prefix) };
    [open().await, open().await]
}

#[tokio::test]
async fn counters_count_in_a_sliding_window() {
    let [first, second] = counters().await;
    for (counters, at, wanted) in [
        (&first, 0, CountOutcome::Counted),
        (&second, 20, CountOutcome::Counted),
        (&first, 30, CountOutcome::Counted),
        (&second, 40, CountOutcome::Wait(seconds(20))),
        (&first, 59, CountOutcome::Wait(seconds(1))),
        (&first, 60, CountOutcome::Counted),
        (&second, 61, CountOutcome::Wait(seconds(19))),
    ] {
        assert_eq!(counters.take("ada", THRICE, NOW + seconds(at)).await.unwrap(), wanted, "{at}");
    }
    assert_eq!(second.take("bob", THRICE, NOW).await.unwrap(), CountOutcome::Counted);
}

#[tokio::test]
async fn what_is_given_back_counts_no_more() {
    let [first, second] = counters().await;
    for _ in 0..3 {
        assert_eq!(first.take("ada", THRICE, NOW).await.unwrap(), CountOutcome::Counted);
    }
    second.give_back("ada", NOW + seconds(1)).await.unwrap();
    assert!(
        matches!(first.take("ada", THRICE, NOW).await.unwrap(), CountOutcome::Wait(_)),
        "there is none of that time"
    );
    second.give_back("ada", NOW).await.unwrap();
    assert_eq!(first.take("ada", THRICE, NOW).await.unwrap(), CountOutcome::Counted);
    assert!(matches!(first.take("ada", THRICE, NOW).await.unwrap(), CountOutcome::Wait(_)));
    first.give_back("nobody", NOW).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_no_more_are_counted_than_allowed() {
    let counters = counters().await;
    let limit = Limit::new(7, Duration::from_secs(60));
    let calls: Vec<_> = (0..60)
        .map(|n| {
            let counters = counters[n % 2].clone();
            tokio::spawn(async move { counters.take("ada", limit, NOW).await })
        })
        .collect();
    let mut counted = 0;
    for call in calls {
        let taken: StoreResult<CountOutcome> = call.await.unwrap();
        counted += u32::from(taken.unwrap() == CountOutcome::Counted);
    }
    assert_eq!(counted, 7);
}

#[tokio::test]
async fn a_bucket_lets_a_burst_through_and_fills_again() {
    let [redis, other] = counters().await;
    let memory = Counters::memory();
    let limit = THRICE.with_burst(2);
    for (at, wanted) in [
        (0, CountOutcome::Counted),
        (0, CountOutcome::Counted),
        (0, CountOutcome::Wait(seconds(20))),
        (19, CountOutcome::Wait(seconds(1))),
        (20, CountOutcome::Counted),
        (20, CountOutcome::Wait(seconds(20))),
        (1_000, CountOutcome::Counted),
        (1_000, CountOutcome::Counted),
        (1_000, CountOutcome::Wait(seconds(20))),
    ] {
        let counters = if at % 2 == 0 { &redis } else { &other };
        assert_eq!(counters.take("ada", limit, NOW + seconds(at)).await.unwrap(), wanted, "{at}");
        assert_eq!(memory.take("ada", limit, NOW + seconds(at)).await.unwrap(), wanted, "{at}");
    }
}

#[tokio::test]
async fn counters_survive_a_clock_that_is_set_back() {
    let [counters, _] = counters().await;
    let year = seconds(365 * 86_400);
    for (key, limit) in [("window", THRICE), ("bucket", THRICE.with_burst(2))] {
        while counters.take(key, limit, NOW + year).await.unwrap() == CountOutcome::Counted {}
        let CountOutcome::Wait(wait) = counters.take(key, limit, NOW).await.unwrap() else { panic!("{key} has room") };
        assert!(wait <= limit.window, "{key}: {wait:?}");
        let again = counters.take(key, limit, NOW + wait / 2).await.unwrap();
        assert_eq!(again, CountOutcome::Wait(wait - wait / 2), "{key}");
        assert_eq!(counters.take(key, limit, NOW + wait).await.unwrap(), CountOutcome::Counted, "{key}");
    }
    // Machines may differ by a few seconds.
    for _ in 0..3 {
        assert_eq!(counters.take("skew", THRICE, NOW + seconds(10)).await.unwrap(), CountOutcome::Counted);
    }
    assert_eq!(counters.take("skew", THRICE, NOW).await.unwrap(), CountOutcome::Wait(seconds(60)));
    assert_eq!(counters.take("skew", THRICE, NOW + seconds(60)).await.unwrap(), CountOutcome::Wait(seconds(10)));
    assert_eq!(counters.take("skew", THRICE, NOW + seconds(70)).await.unwrap(), CountOutcome::Counted);
}

#[tokio::test]
async fn a_limit_of_none_counts_nothing() {
    let counters = RedisCounters::open(&address()).await.unwrap().with_prefix(&prefix());
    let never = Limit::new(0, Duration::from_secs(60));
    assert_eq!(counters.take("ada", never, NOW).await.unwrap(), CountOutcome::Wait(seconds(60)));
}
