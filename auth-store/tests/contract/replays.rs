//! What may be used only once.

use std::time::Duration;

use auth_runtime::store::Use;
use auth_runtime::{AuthContext, Clock, Settings};

use crate::given::{Contract, NOW, digest, seconds};

async fn a_key_is_used_once(store: impl Contract) {
    let expires = NOW + seconds(300);
    assert!(store.first_use("nonce", &digest("a"), NOW, expires).await.unwrap());
    for later in [NOW, NOW + seconds(1), expires - Duration::from_millis(1)] {
        assert!(!store.first_use("nonce", &digest("a"), later, later + seconds(300)).await.unwrap(), "{later:?}");
    }
    assert!(store.first_use("nonce", &digest("b"), NOW, expires).await.unwrap());
}

async fn a_key_is_used_again_after_its_end(store: impl Contract) {
    let first = NOW + seconds(300);
    assert!(store.first_use("nonce", &digest("a"), NOW, first).await.unwrap());
    // A refused use does not move the end.
    assert!(!store.first_use("nonce", &digest("a"), NOW + seconds(299), NOW + seconds(900)).await.unwrap());
    let second = first + seconds(300);
    assert!(store.first_use("nonce", &digest("a"), first, second).await.unwrap());
    assert!(!store.first_use("nonce", &digest("a"), second - Duration::from_millis(1), second).await.unwrap());
    assert!(store.first_use("nonce", &digest("a"), second, second + seconds(1)).await.unwrap());
}

async fn scopes_are_apart(store: impl Contract) {
    for scope in ["nonce", "code", "", "Nonce", "nonce ", "é 🔑", &"long".repeat(100)] {
        assert!(store.first_use(scope, &digest("a"), NOW, NOW + seconds(300)).await.unwrap(), "{scope}");
        assert!(!store.first_use(scope, &digest("a"), NOW, NOW + seconds(300)).await.unwrap(), "{scope}");
    }
}

async fn what_lasts_for_ever_is_never_used_again(store: impl Contract) {
    assert!(store.first_use("code", &digest("a"), NOW, Duration::MAX).await.unwrap());
    let century = NOW + seconds(100 * 365 * 86_400);
    assert_eq!(store.sweep(century).await.unwrap().replays, 0);
    assert!(!store.first_use("code", &digest("a"), century, Duration::MAX).await.unwrap());
}

async fn a_clock_that_goes_forward_and_back_loses_no_record(store: impl Contract) {
    let expires = NOW + seconds(65);
    assert!(store.first_use("nonce", &digest("a"), NOW, expires).await.unwrap());
    let ahead = NOW + seconds(3_600);
    for n in 0..5 {
        let end = ahead + seconds(65);
        assert!(store.first_use("nonce", &digest(&format!("other-{n}")), ahead, end).await.unwrap());
    }
    assert_eq!(store.sweep(ahead).await.unwrap().replays, 0);
    assert!(!store.first_use("nonce", &digest("a"), NOW + seconds(1), expires).await.unwrap());
}

async fn a_restart_makes_no_use_good_again([before, after]: [impl Contract; 2]) {
    let clock = Clock::manual(NOW);
    let start = |store| AuthContext::with_settings(store, Settings::default().with_clock(clock.clone()));
    let old = start(before);
    clock.advance(seconds(60));
    let made = clock.now();
    let validity = made..made + seconds(300);
    let (used, unused) = (digest("used"), digest("unused"));
    assert_eq!(old.record_use("nonce", &used, validity.clone()).await.unwrap(), Use::First);
    assert_eq!(old.record_use("nonce", &used, validity.clone()).await.unwrap(), Use::Repeated);

    clock.advance(seconds(1));
    let survives = after.survives_restarts();
    let new = start(after);
    let (again, first) = if survives { (Use::Repeated, Use::First) } else { (Use::BeforeRecords, Use::BeforeRecords) };
    assert_eq!(new.record_use("nonce", &used, validity.clone()).await.unwrap(), again);
    assert_eq!(new.record_use("nonce", &unused, validity).await.unwrap(), first);
    let made = clock.now();
    assert_eq!(new.record_use("nonce", &digest("new"), made..made + seconds(300)).await.unwrap(), Use::First);
    assert_eq!(new.record_use("nonce", &digest("new"), made..made + seconds(300)).await.unwrap(), Use::Repeated);
}

mod restarts {
    use super::a_restart_makes_no_use_good_again;

    ask_every_store! { two: a_restart_makes_no_use_good_again, }
}

ask_every_store! { one:
    a_key_is_used_once,
    a_key_is_used_again_after_its_end,
    scopes_are_apart,
    what_lasts_for_ever_is_never_used_again,
    a_clock_that_goes_forward_and_back_loses_no_record,
}

#[tokio::test]
async fn records_in_a_database_survive_a_restart_and_those_in_memory_do_not() {
    use auth_runtime::store::ReplayStore as _;
    assert!(!auth_store::MemoryStore::new().survives_restarts());
    #[cfg(feature = "sqlite")]
    assert!(!auth_store::SqliteStore::in_memory().await.unwrap().survives_restarts());
}
