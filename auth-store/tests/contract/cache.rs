//! What a store remembers of a moment ago: how long, and what ends it.

use std::time::Duration;

use auth_runtime::Clock;
use auth_runtime::store::{AtLimit, Keep, NewAccessToken};
use auth_store::{Account, ReadCache};

use crate::given::{
    ALL, Contract, NOW, access, access_of, client, cookie, cookie_of, digest, find_login, find_token, furnished,
    has_login, has_token, keep, left, log_in, make, seconds, token,
};

/// A store that can remember.
trait Remembers: Contract {
    fn with(self, cache: ReadCache) -> Self;
}

#[cfg(feature = "sqlite")]
impl Remembers for auth_store::SqliteStore {
    fn with(self, cache: ReadCache) -> Self {
        self.with_cache(cache)
    }
}

#[cfg(feature = "services")]
impl Remembers for auth_store::PostgresStore {
    fn with(self, cache: ReadCache) -> Self {
        self.with_cache(cache)
    }
}

const MAX_AGE: Duration = Duration::from_secs(5);

/// Two handles, the first of which remembers; its clock; and an account, of which everything is remembered.
async fn remembered<S: Remembers>([store, other]: [S; 2], size: usize) -> (S, S, Clock, Account) {
    let clock = Clock::manual(NOW);
    let store = store.with(ReadCache::new(size, MAX_AGE).with_clock(clock.clone()));
    let ada = furnished(&store, "ada").await;
    assert_eq!(left(&store, "ada").await, ALL);
    (store, other, clock, ada)
}

/// Turns a manual clock back: it counts in 64 bits, and what goes beyond them begins anew.
fn set_back(clock: &Clock, by: Duration) {
    let by = u64::try_from(by.as_millis()).unwrap();
    let before = clock.now();
    clock.advance(Duration::from_millis(u64::MAX - by + 1));
    assert_eq!(clock.now() + Duration::from_millis(by), before);
}

async fn what_another_process_ends_is_served_until_its_age(stores: [impl Remembers; 2]) {
    let (store, other, clock, _) = remembered(stores, 100).await;
    assert!(other.delete_account("ada").await.unwrap());
    assert!(left(&other, "ada").await.is_empty());
    assert_eq!(left(&store, "ada").await, ALL, "it was not asked again");
    clock.advance(MAX_AGE - Duration::from_millis(1));
    assert_eq!(left(&store, "ada").await, ALL);
    clock.advance(Duration::from_millis(1));
    assert!(left(&store, "ada").await.is_empty());
}

async fn what_is_remembered_is_what_was_found(stores: [impl Remembers; 2]) {
    let (store, other, _, _) = remembered(stores, 100).await;
    for n in [1, 2] {
        for text in [format!("ada-token-{n}"), format!("ada-access-{n}")] {
            let [known, found] = [find_token(&store, &text).await.unwrap(), find_token(&other, &text).await.unwrap()];
            assert_eq!((known.user, known.token), (found.user, found.token));
        }
        let text = format!("ada-login-{n}");
        let [known, found] = [find_login(&store, &text).await.unwrap(), find_login(&other, &text).await.unwrap()];
        assert_eq!((known.user, known.login, known.csrf_secret), (found.user, found.login, found.csrf_secret));
    }
    assert!(!has_login(&store, "ada-token-1").await && !has_token(&store, "ada-login-1").await);
    assert!(has_login(&store, "ada-login-1").await && has_token(&store, "ada-token-1").await);
}

async fn an_age_is_counted_from_the_look_up(stores: [impl Remembers; 2]) {
    let (store, other, clock, _) = remembered(stores, 100).await;
    // Being found again makes it no younger.
    clock.advance(seconds(3));
    assert_eq!(left(&store, "ada").await, ALL);
    clock.advance(seconds(2));
    assert!(other.set_staff("ada", true).await.unwrap());
    assert!(find_token(&store, "ada-token-1").await.unwrap().user.is_staff);
    // It is remembered anew now.
    assert!(other.set_staff("ada", false).await.unwrap());
    clock.advance(MAX_AGE - Duration::from_millis(1));
    assert!(find_token(&store, "ada-token-1").await.unwrap().user.is_staff);
    clock.advance(Duration::from_millis(1));
    assert!(!find_token(&store, "ada-token-1").await.unwrap().user.is_staff);
}

async fn what_is_not_found_is_not_remembered(stores: [impl Remembers; 2]) {
    let (store, other, _, ada) = remembered(stores, 100).await;
    assert!(!has_token(&store, "new").await && !has_login(&store, "new").await);
    keep(&other, &ada, token("new")).await;
    assert!(has_token(&store, "new").await);
    log_in(&other, &ada, cookie("new-login")).await;
    assert!(has_login(&store, "new-login").await);
}

async fn what_is_ended_here_is_gone_at_once(stores: [impl Remembers; 2]) {
    let (store, _, _, ada) = remembered(stores, 100).await;
    let bob = furnished(&store, "bob").await;
    assert!(store.end_login(&digest("ada-login-1")).await.unwrap());
    assert_eq!(left(&store, "ada").await, ["access-1", "access-2", "login-2", "token-1", "token-2"]);
    let login = find_token(&store, "ada-access-1").await.unwrap().token.login.unwrap();
    assert!(store.revoke_login(&ada, &login).await.unwrap());
    assert_eq!(left(&store, "ada").await, ["access-2", "login-2", "token-1", "token-2"]);
    let personal = find_token(&store, "ada-token-1").await.unwrap().token.id;
    assert!(store.revoke_token(&ada, &personal).await.unwrap());
    assert_eq!(left(&store, "ada").await, ["access-2", "login-2", "token-2"]);
    assert_eq!(store.revoke_tokens(&ada).await.unwrap(), 1);
    assert_eq!(left(&store, "ada").await, ["access-2", "login-2"]);
    let old = find_token(&store, "ada-access-2").await.unwrap().token.id;
    let new = NewAccessToken { digest: digest("renewed"), created: NOW, expires: None };
    assert!(store.renew_token(&ada, &old, new).await.unwrap().is_some());
    assert!(!has_token(&store, "ada-access-2").await && has_token(&store, "renewed").await);
    assert_eq!(store.revoke_logins(&ada, None).await.unwrap(), 2);
    assert!(left(&store, "ada").await.is_empty() && !has_token(&store, "renewed").await);

    assert_eq!(left(&store, "bob").await, ALL);
    assert_eq!(store.logins(&bob).await.unwrap().len(), 4);
}

async fn what_a_new_login_ends_is_gone_at_once(stores: [impl Remembers; 2]) {
    let (store, _, _, ada) = remembered(stores, 100).await;
    let few = client("few").with_max_logins(Some(1)).with_at_limit(AtLimit::EndOldest);
    log_in(&store, &ada, cookie_of(&few, "first", NOW)).await;
    assert!(has_login(&store, "first").await);
    log_in(&store, &ada, cookie_of(&few, "second", NOW)).await;
    assert!(!has_login(&store, "first").await && has_login(&store, "second").await);
    log_in(&store, &ada, access_of(&client("single").with_single_login(true), "single", NOW)).await;
    assert_eq!(left(&store, "ada").await, ["token-1", "token-2"]);
    assert!(!has_login(&store, "second").await);
}

async fn what_is_changed_here_is_seen_at_once(stores: [impl Remembers; 2]) {
    let (store, _, _, ada) = remembered(stores, 100).await;
    assert!(store.set_staff("ada", true).await.unwrap());
    assert!(find_token(&store, "ada-token-1").await.unwrap().user.is_staff);
    assert!(find_login(&store, "ada-login-1").await.unwrap().user.is_staff);
    let id = find_token(&store, "ada-access-1").await.unwrap().token.id;
    let expires = Some(NOW + seconds(9));
    assert!(store.extend_token(&ada, &id, expires).await.unwrap().is_some());
    assert_eq!(find_token(&store, "ada-access-1").await.unwrap().token.expires, expires);

    let login = find_login(&store, "ada-login-2").await.unwrap().login.id;
    let keep_both = Keep { login: Some(&login), personal_tokens: true };
    assert!(store.set_password_hash("ada", Some("new"), keep_both).await.unwrap());
    assert_eq!(left(&store, "ada").await, ["login-2", "token-1", "token-2"]);
    let now = store.account("ada").await.unwrap().unwrap();
    assert_eq!(find_login(&store, "ada-login-2").await.unwrap().user, now);
    assert!(store.set_password_hash("ada", Some("newer"), Keep::default()).await.unwrap());
    assert!(left(&store, "ada").await.is_empty());
}

async fn a_disabled_account_is_seen_at_once(stores: [impl Remembers; 2]) {
    let (store, _, _, _) = remembered(stores, 100).await;
    assert!(store.set_active("ada", false).await.unwrap());
    assert!(left(&store, "ada").await.is_empty());
    // What an administrator makes for it meanwhile.
    let disabled = store.account("ada").await.unwrap().unwrap();
    keep(&store, &disabled, token("meanwhile")).await;
    assert!(!find_token(&store, "meanwhile").await.unwrap().user.is_active);
    assert!(store.set_active("ada", true).await.unwrap());
    assert!(find_token(&store, "meanwhile").await.unwrap().user.is_active);
    assert!(left(&store, "ada").await.is_empty());
}

async fn a_deleted_account_is_gone_at_once(stores: [impl Remembers; 2]) {
    let (store, _, _, _) = remembered(stores, 100).await;
    furnished(&store, "bob").await;
    assert!(store.delete_account("ada").await.unwrap());
    assert!(left(&store, "ada").await.is_empty());
    assert_eq!(left(&store, "bob").await, ALL);
}

async fn the_logins_of_a_deleted_client_are_gone_at_once(stores: [impl Remembers; 2]) {
    let (store, _, _, ada) = remembered(stores, 100).await;
    store.put_client(&client("web")).await.unwrap();
    log_in(&store, &ada, cookie_of(&client("web"), "cookie", NOW)).await;
    log_in(&store, &ada, access_of(&client("web"), "token", NOW)).await;
    assert!(has_login(&store, "cookie").await && has_token(&store, "token").await);
    assert!(store.delete_client("web").await.unwrap());
    assert!(!has_login(&store, "cookie").await && !has_token(&store, "token").await);
    assert_eq!(left(&store, "ada").await, ALL);
}

async fn clones_remember_together(stores: [impl Remembers; 2]) {
    let (store, other, _, _) = remembered(stores, 100).await;
    let clone = store.clone();
    assert!(other.delete_account("ada").await.unwrap());
    assert_eq!(left(&clone, "ada").await, ALL);
    let bob = furnished(&clone, "bob").await;
    assert_eq!(left(&clone, "bob").await, ALL);
    assert_eq!(store.revoke_tokens(&bob).await.unwrap(), 2);
    assert!(!has_token(&clone, "bob-token-1").await);
}

async fn a_clock_that_is_set_back_makes_nothing_younger(stores: [impl Remembers; 2]) {
    let (store, other, clock, ada) = remembered(stores, 100).await;
    clock.advance(seconds(3));
    keep(&store, &ada, token("later")).await;
    assert_eq!(left(&store, "ada").await, ALL);
    assert!(has_token(&store, "later").await);
    assert!(other.delete_account("ada").await.unwrap());
    set_back(&clock, seconds(1));
    assert!(!has_token(&store, "later").await, "it is from a time that has not come");
    clock.advance(seconds(1));
    assert!(!has_token(&store, "later").await, "what was seen to be gone does not come back");

    let bob = furnished(&store, "bob").await;
    assert_eq!(left(&store, "bob").await, ALL);
    set_back(&clock, seconds(1_000));
    assert_eq!(left(&store, "bob").await, ALL);
    assert_eq!(other.revoke_tokens(&bob).await.unwrap(), 2);
    assert!(has_token(&store, "bob-token-1").await, "and it is remembered by the new time");
    clock.advance(MAX_AGE);
    assert!(!has_token(&store, "bob-token-1").await);
}

async fn no_more_than_its_size_is_remembered(stores: [impl Remembers; 2]) {
    let (store, other, _, ada) = remembered(stores, 3).await;
    for n in 0..5 {
        keep(&store, &ada, token(&format!("token-{n}"))).await;
        assert!(has_token(&store, &format!("token-{n}")).await);
    }
    assert_eq!(other.revoke_tokens(&ada).await.unwrap(), 7);
    for n in [4, 3, 2] {
        assert!(has_token(&store, &format!("token-{n}")).await, "{n}");
    }
    for n in [0, 1] {
        assert!(!has_token(&store, &format!("token-{n}")).await, "{n}: the oldest go");
    }
    assert_eq!(left(&store, "ada").await, ["access-1", "access-2", "login-1", "login-2"]);
}

async fn at_size_0_nothing_is_remembered(stores: [impl Remembers; 2]) {
    let (store, other, _, _) = remembered(stores, 0).await;
    assert!(other.delete_account("ada").await.unwrap());
    assert!(left(&store, "ada").await.is_empty());
}

async fn at_age_0_nothing_is_remembered([store, other]: [impl Remembers; 2]) {
    let store = store.with(ReadCache::new(100, Duration::ZERO).with_clock(Clock::manual(NOW)));
    furnished(&store, "ada").await;
    assert_eq!(left(&store, "ada").await, ALL);
    assert!(other.delete_account("ada").await.unwrap());
    assert!(left(&store, "ada").await.is_empty());
}

async fn a_look_up_beside_an_end_leaves_nothing_behind(stores: [impl Remembers; 2]) {
    let clock = Clock::manual(NOW);
    let [store, other] = stores;
    let store = store.with(ReadCache::new(100, MAX_AGE).with_clock(clock));
    let ada = make(&other, "ada").await;
    for round in 0..20 {
        let text = format!("access-{round}");
        let login = log_in(&other, &ada, access(&text)).await.id;
        let readers: Vec<_> = (0..8)
            .map(|_| {
                let (store, text) = (store.clone(), text.clone());
                tokio::spawn(async move { has_token(&store, &text).await })
            })
            .collect();
        assert!(store.revoke_login(&ada, &login).await.unwrap());
        assert!(!has_token(&store, &text).await);
        for reader in readers {
            reader.await.unwrap();
        }
        assert!(!has_token(&store, &text).await, "{round}");
    }
}

async fn a_cache_shows_nothing_of_what_it_knows(stores: [impl Remembers; 2]) {
    let (store, _, _, _) = remembered(stores, 100).await;
    let shown = format!("{store:?}");
    assert!(shown.contains("ReadCache") && !shown.contains("ada") && !shown.contains("csrf secret"), "{shown}");
}

ask_every_database! { two:
    what_another_process_ends_is_served_until_its_age,
    what_is_remembered_is_what_was_found,
    an_age_is_counted_from_the_look_up,
    what_is_not_found_is_not_remembered,
    what_is_ended_here_is_gone_at_once,
    what_a_new_login_ends_is_gone_at_once,
    what_is_changed_here_is_seen_at_once,
    a_disabled_account_is_seen_at_once,
    a_deleted_account_is_gone_at_once,
    the_logins_of_a_deleted_client_are_gone_at_once,
    clones_remember_together,
    a_clock_that_is_set_back_makes_nothing_younger,
    no_more_than_its_size_is_remembered,
    at_size_0_nothing_is_remembered,
    at_age_0_nothing_is_remembered,
    a_look_up_beside_an_end_leaves_nothing_behind,
    a_cache_shows_nothing_of_what_it_knows,
}
