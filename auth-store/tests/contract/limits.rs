//! How many logins a client allows.

use std::time::Duration;

use auth_runtime::store::{AtLimit, Client, InsertOutcome, Keep};

use crate::given::{
    ALL, Contract, NOW, access_of, client, cookie, cookie_of, find_login, furnished, has_login, has_token, keep, left,
    log_in, make, seconds, token,
};

fn few(most: u32, at_limit: AtLimit) -> Client {
    client("few").with_max_logins(Some(most)).with_at_limit(at_limit)
}

async fn a_login_too_many_is_refused(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let client = few(2, AtLimit::Refuse);
    log_in(&store, &ada, cookie_of(&client, "first", NOW)).await;
    log_in(&store, &ada, access_of(&client, "second", NOW)).await;
    for n in 0..2 {
        let cookie = cookie_of(&client, &format!("cookie-{n}"), NOW);
        assert_eq!(store.insert_login(&ada, cookie).await.unwrap(), InsertOutcome::LimitReached);
        let access = access_of(&client, &format!("token-{n}"), NOW);
        assert_eq!(store.insert_login(&ada, access).await.unwrap(), InsertOutcome::LimitReached);
        assert!(!has_login(&store, &format!("cookie-{n}")).await && !has_token(&store, &format!("token-{n}")).await);
    }
    assert!(has_login(&store, "first").await && has_token(&store, "second").await);
    let first = find_login(&store, "first").await.unwrap().login.id;
    assert!(store.revoke_login(&ada, &first).await.unwrap());
    log_in(&store, &ada, cookie_of(&client, "cookie-0", NOW)).await;
    assert_eq!(store.logins(&ada).await.unwrap().len(), 2);
}

async fn the_oldest_login_ends_for_a_new_one(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let client = few(2, AtLimit::EndOldest);
    let at = |n| NOW + Duration::from_millis(n);
    log_in(&store, &ada, access_of(&client, "second", at(2))).await;
    let first = log_in(&store, &ada, access_of(&client, "first", at(1))).await;
    store.touch_logins(&[(first.id, at(9))]).await.unwrap();
    log_in(&store, &ada, access_of(&client, "third", at(3))).await;
    assert!(!has_token(&store, "first").await, "the one made first, however lately it was used, with its token");
    assert!(has_token(&store, "second").await && has_token(&store, "third").await);
    for n in 4..8 {
        log_in(&store, &ada, cookie_of(&client, &format!("cookie-{n}"), at(3))).await;
        assert_eq!(store.logins(&ada).await.unwrap().len(), 2);
        assert!(has_login(&store, &format!("cookie-{n}")).await);
    }
    assert!(has_login(&store, "cookie-6").await, "of one moment, the one that was made first");
    assert!(!has_token(&store, "second").await && !has_token(&store, "third").await);
}

async fn a_lowered_limit_ends_as_many_as_are_too_many(store: impl Contract) {
    let ada = make(&store, "ada").await;
    for n in 0..6 {
        log_in(&store, &ada, cookie_of(&few(6, AtLimit::Refuse), &format!("cookie-{n}"), NOW + seconds(n))).await;
    }
    let refused = cookie_of(&few(2, AtLimit::Refuse), "refused", NOW + seconds(9));
    assert_eq!(store.insert_login(&ada, refused).await.unwrap(), InsertOutcome::LimitReached);
    assert_eq!(store.logins(&ada).await.unwrap().len(), 6);
    log_in(&store, &ada, cookie_of(&few(2, AtLimit::EndOldest), "last", NOW + seconds(9))).await;
    assert_eq!(store.logins(&ada).await.unwrap().len(), 2);
    assert!(has_login(&store, "cookie-5").await && has_login(&store, "last").await);
}

async fn none_at_most_is_none(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    for at_limit in [AtLimit::Refuse, AtLimit::EndOldest] {
        for is_single in [false, true] {
            let client = few(0, at_limit).with_single_login(is_single);
            let refused = store.insert_login(&ada, cookie_of(&client, "new", NOW)).await.unwrap();
            assert_eq!(refused, InsertOutcome::LimitReached, "{at_limit:?}");
            assert_eq!(left(&store, "ada").await, ALL, "a login that is refused ends none");
        }
    }
}

async fn what_has_expired_does_not_count(store: impl Contract) {
    let idle = client("few").with_idle_lifetime(Some(seconds(10))).with_absolute_lifetime(None);
    let absolute = client("few").with_idle_lifetime(None).with_absolute_lifetime(Some(seconds(10)));
    for (n, rules) in [idle, absolute].into_iter().enumerate() {
        let rules = rules.with_max_logins(Some(1));
        let ada = make(&store, &format!("ada-{n}")).await;
        log_in(&store, &ada, cookie_of(&rules, &format!("first-{n}"), NOW)).await;
        let at_its_end = NOW + seconds(10);
        let before = cookie_of(&rules, &format!("second-{n}"), at_its_end - Duration::from_millis(1));
        assert_eq!(store.insert_login(&ada, before.clone()).await.unwrap(), InsertOutcome::LimitReached);
        let second = cookie_of(&rules, &format!("second-{n}"), at_its_end);
        log_in(&store, &ada, second).await;
        let third = cookie_of(&rules.with_at_limit(AtLimit::EndOldest), &format!("third-{n}"), at_its_end);
        log_in(&store, &ada, third).await;
        assert!(!has_login(&store, &format!("second-{n}")).await, "the oldest of those that live");
    }
}

async fn a_login_whose_access_token_has_ended_does_not_count(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let client = few(1, AtLimit::Refuse).with_access_lifetime(Some(seconds(100)));
    log_in(&store, &ada, access_of(&client, "first", NOW)).await;
    let [entry] = store.logins(&ada).await.unwrap().try_into().unwrap();
    assert_eq!(entry.token_expires, Some(NOW + seconds(100)));
    assert!(!entry.has_ended(NOW + seconds(99)) && entry.has_ended(NOW + seconds(100)));
    let second = access_of(&client, "second", NOW + seconds(99));
    assert_eq!(store.insert_login(&ada, second).await.unwrap(), InsertOutcome::LimitReached);
    log_in(&store, &ada, access_of(&client, "second", NOW + seconds(100))).await;

    let endless = client.with_access_lifetime(None);
    let bob = make(&store, "bob").await;
    log_in(&store, &bob, access_of(&endless, "third", NOW)).await;
    let third = store.logins(&bob).await.unwrap();
    assert_eq!(third[0].token_expires, third[0].login.expires, "as long as its login");
    let cookie = cookie_of(&endless, "cookie", NOW + seconds(100));
    assert_eq!(store.insert_login(&bob, cookie).await.unwrap(), InsertOutcome::LimitReached);
}

async fn a_login_in_use_counts(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let rules = few(1, AtLimit::Refuse).with_idle_lifetime(Some(seconds(10)));
    let used = log_in(&store, &ada, access_of(&rules, "used", NOW)).await;
    let token = crate::given::find_token(&store, "used").await.unwrap().token.id;
    store.touch_tokens(&[(token, NOW + seconds(9))]).await.unwrap();
    let early = cookie_of(&rules, "early", NOW + seconds(15));
    assert_eq!(store.insert_login(&ada, early).await.unwrap(), InsertOutcome::LimitReached);
    store.touch_logins(&[(used.id, NOW + seconds(18))]).await.unwrap();
    let early = cookie_of(&rules, "early", NOW + seconds(27));
    assert_eq!(store.insert_login(&ada, early).await.unwrap(), InsertOutcome::LimitReached);
    log_in(&store, &ada, cookie_of(&rules, "late", NOW + seconds(28))).await;
}

async fn the_logins_of_others_do_not_count(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let bob = furnished(&store, "bob").await;
    let rules = few(1, AtLimit::EndOldest);
    log_in(&store, &bob, cookie_of(&rules, "bobs", NOW)).await;
    log_in(&store, &ada, cookie_of(&client("many"), "many", NOW)).await;
    log_in(&store, &ada, cookie_of(&client("Few"), "Few", NOW)).await;
    for n in 0..2 {
        keep(&store, &ada, token(&format!("personal-{n}"))).await;
    }
    log_in(&store, &ada, cookie_of(&rules, "first", NOW)).await;
    log_in(&store, &ada, cookie_of(&rules, "second", NOW)).await;
    assert!(!has_login(&store, "first").await && has_login(&store, "second").await);
    assert!(has_login(&store, "bobs").await && has_login(&store, "many").await && has_login(&store, "Few").await);
    assert!(has_token(&store, "personal-0").await && has_token(&store, "personal-1").await);
    assert_eq!(
        (left(&store, "ada").await, left(&store, "bob").await),
        (ALL.map(String::from).to_vec(), ALL.map(String::from).to_vec())
    );
}

async fn logins_before_a_new_password_do_not_count(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let rules = few(1, AtLimit::Refuse);
    let first = log_in(&store, &ada, cookie_of(&rules, "first", NOW)).await;
    store.set_password_hash("ada", Some("new"), Keep::default()).await.unwrap();
    let ada = store.account("ada").await.unwrap().unwrap();
    let second = log_in(&store, &ada, cookie_of(&rules, "second", NOW)).await;
    assert_ne!(first.id, second.id);
    let keep = Keep { login: Some(&second.id), personal_tokens: false };
    store.set_password_hash("ada", Some("newer"), keep).await.unwrap();
    let ada = store.account("ada").await.unwrap().unwrap();
    let third = cookie_of(&rules, "third", NOW);
    assert_eq!(store.insert_login(&ada, third).await.unwrap(), InsertOutcome::LimitReached, "what was kept counts");
}

async fn a_single_login_ends_every_other_one_of_its_account(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    log_in(&store, &ada, cookie_of(&client("web"), "web", NOW)).await;
    let single = client("single").with_single_login(true).with_max_logins(Some(1));
    for n in 0..3 {
        log_in(&store, &ada, access_of(&single, &format!("single-{n}"), NOW)).await;
        assert_eq!(left(&store, "ada").await, ["token-1", "token-2"], "personal tokens are no logins");
        assert!(has_token(&store, &format!("single-{n}")).await && !has_login(&store, "web").await);
        assert_eq!(store.logins(&ada).await.unwrap().len(), 1);
    }
    assert!(!has_token(&store, "single-0").await && !has_token(&store, "single-1").await);
    assert_eq!(left(&store, "bob").await, ALL);
    log_in(&store, &ada, cookie("beside")).await;
    assert!(has_token(&store, "single-2").await, "it is the new login's client that says so");
}

ask_every_store! { one:
    a_login_too_many_is_refused,
    the_oldest_login_ends_for_a_new_one,
    a_lowered_limit_ends_as_many_as_are_too_many,
    none_at_most_is_none,
    what_has_expired_does_not_count,
    a_login_whose_access_token_has_ended_does_not_count,
    a_login_in_use_counts,
    the_logins_of_others_do_not_count,
    logins_before_a_new_password_do_not_count,
    a_single_login_ends_every_other_one_of_its_account,
}
