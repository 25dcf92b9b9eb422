//! When logins and tokens were last used.

use std::time::Duration;

use auth_runtime::store::{AccessToken, Id, LAST_USE_TOLERANCE, Login, NewAccessToken};

use crate::given::{
    ALL, Contract, NOW, access, cookie, digest, find_login, find_token, furnished, keep, left, log_in, make, seconds,
    token,
};

async fn used(store: &impl Contract, text: &str) -> Option<Duration> {
    find_token(store, text).await.unwrap().token.last_used
}

fn later(millis: u64) -> Duration {
    NOW + Duration::from_millis(millis)
}

async fn the_newest_use_of_a_login_is_kept(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let [first, second] = [log_in(&store, &ada, cookie("first")).await, log_in(&store, &ada, cookie("second")).await];
    let touch = async |used: &[(&Login, Duration)]| {
        let used: Vec<_> = used.iter().map(|(login, at)| (login.id.clone(), *at)).collect();
        store.touch_logins(&used).await.unwrap();
        let of = async |text| find_login(&store, text).await.unwrap().login.last_used;
        (of("first").await, of("second").await)
    };
    assert_eq!(touch(&[]).await, (NOW, NOW));
    assert_eq!(touch(&[(&first, later(90_001))]).await, (later(90_001), NOW));
    assert_eq!(touch(&[(&second, later(1)), (&first, later(90_000))]).await, (later(90_001), later(1)));
    assert_eq!(touch(&[(&first, NOW - seconds(1)), (&second, later(1))]).await, (later(90_001), later(1)));
    // Twice in a batch, in either order.
    assert_eq!(touch(&[(&first, later(90_003)), (&first, later(90_002))]).await, (later(90_003), later(1)));
    assert_eq!(touch(&[(&second, later(2)), (&second, later(3))]).await, (later(90_003), later(3)));
    let found = find_login(&store, "first").await.unwrap().login;
    assert_eq!(found, Login { last_used: later(90_003), ..first });
    let listed = store.logins(&ada).await.unwrap();
    assert!(listed.iter().any(|entry| entry.login == found));
}

async fn the_newest_use_of_a_token_is_kept(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let [first, second] = [keep(&store, &ada, token("first")).await, keep(&store, &ada, token("second")).await];
    let touch = async |batch: &[(&AccessToken, Duration)]| {
        let batch: Vec<_> = batch.iter().map(|(token, at)| (token.id.clone(), *at)).collect();
        store.touch_tokens(&batch).await.unwrap();
        (used(&store, "first").await, used(&store, "second").await)
    };
    assert_eq!(touch(&[]).await, (None, None), "never used");
    assert_eq!(touch(&[(&first, later(1_001))]).await, (Some(later(1_001)), None));
    assert_eq!(touch(&[(&second, later(1)), (&first, NOW)]).await, (Some(later(1_001)), Some(later(1))));
    assert_eq!(touch(&[(&first, later(1_003)), (&first, later(1_002))]).await, (Some(later(1_003)), Some(later(1))));
    assert_eq!(touch(&[(&second, later(2)), (&second, later(3))]).await, (Some(later(1_003)), Some(later(3))));
    let found = find_token(&store, "first").await.unwrap().token;
    assert_eq!(found, AccessToken { last_used: Some(later(1_003)), ..first });
    assert!(store.tokens(&ada).await.unwrap().iter().any(|entry| entry.token == found));
}

async fn a_use_that_was_noted_before_the_clock_was_set_back_is_replaced(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let login = log_in(&store, &ada, cookie("cookie")).await.id;
    log_in(&store, &ada, access("access")).await;
    let personal = keep(&store, &ada, token("personal")).await.id;
    let access = find_token(&store, "access").await.unwrap().token.id;
    let year = seconds(365 * 86_400);
    let touch = async |at: Duration| {
        store.touch_logins(&[(login.clone(), at)]).await.unwrap();
        store.touch_tokens(&[(personal.clone(), at), (access.clone(), at)]).await.unwrap();
        let cookie = find_login(&store, "cookie").await.unwrap().login.last_used;
        let logins = store.logins(&ada).await.unwrap();
        assert!(logins.iter().all(|entry| entry.login.last_used == cookie), "{logins:?}");
        assert_eq!((used(&store, "personal").await, used(&store, "access").await), (Some(cookie), Some(cookie)));
        cookie
    };
    assert_eq!(touch(NOW + year).await, NOW + year, "nobody knows better");
    assert_eq!(touch(NOW).await, NOW);
    assert_eq!(touch(NOW + LAST_USE_TOLERANCE).await, NOW + LAST_USE_TOLERANCE);
    assert_eq!(touch(NOW).await, NOW + LAST_USE_TOLERANCE, "as far as clocks of machines may differ");
    assert_eq!(touch(NOW + year).await, NOW + year);
    // Renewed, an access token is a use, too.
    let new = NewAccessToken { digest: digest("renewed"), created: NOW, expires: None };
    assert!(store.renew_token(&ada, &access, new).await.unwrap().is_some());
    let logins = store.logins(&ada).await.unwrap();
    let of_token = logins.into_iter().find(|entry| entry.login.id != login).unwrap();
    assert_eq!((of_token.login.last_used, used(&store, "renewed").await), (NOW, Some(NOW)));
}

async fn a_used_access_token_is_a_used_login(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let login = log_in(&store, &ada, access("token")).await;
    let other = log_in(&store, &ada, access("other")).await;
    let token = find_token(&store, "token").await.unwrap().token;
    let listed = async |login: &Login| {
        let entries = store.logins(&ada).await.unwrap();
        entries.into_iter().find(|entry| entry.login.id == login.id).unwrap().login.last_used
    };
    store.touch_tokens(&[(token.id.clone(), later(5_001))]).await.unwrap();
    assert_eq!((used(&store, "token").await, listed(&login).await), (Some(later(5_001)), later(5_001)));
    assert_eq!((used(&store, "other").await, listed(&other).await), (Some(NOW), NOW));
    store.touch_tokens(&[(token.id.clone(), later(4_000))]).await.unwrap();
    assert_eq!((used(&store, "token").await, listed(&login).await), (Some(later(5_001)), later(5_001)));
    store.touch_logins(&[(login.id.clone(), later(9_000))]).await.unwrap();
    store.touch_tokens(&[(token.id.clone(), later(8_000)), (token.id, later(7_000))]).await.unwrap();
    assert_eq!((used(&store, "token").await, listed(&login).await), (Some(later(8_000)), later(9_000)));
}

async fn a_renewed_access_token_is_a_used_login(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let login = log_in(&store, &ada, access("first")).await;
    let renew = async |old: &str, new: &str, created| {
        let id = find_token(&store, old).await.unwrap().token.id;
        let new = NewAccessToken { digest: digest(new), created, expires: None };
        assert!(store.renew_token(&ada, &id, new).await.unwrap().is_some());
        store.logins(&ada).await.unwrap()[0].login.last_used
    };
    assert_eq!(renew("first", "second", later(5_001)).await, later(5_001));
    store.touch_logins(&[(login.id, later(9_000))]).await.unwrap();
    assert_eq!(renew("second", "third", later(8_000)).await, later(9_000));
}

async fn the_use_of_what_is_not_there_is_passed_over(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let gone = log_in(&store, &ada, cookie("gone cookie")).await.id;
    let gone_token = keep(&store, &ada, token("gone")).await.id;
    assert!(store.revoke_login(&ada, &gone).await.unwrap() && store.revoke_token(&ada, &gone_token).await.unwrap());
    let login = find_login(&store, "ada-login-1").await.unwrap().login.id;
    let token = find_token(&store, "ada-token-1").await.unwrap().token.id;
    let unknown = [Id::from(0), Id::from(-1), Id::from(i64::MAX), Id::from("a uuid"), Id::from("")];
    let with = |gone: &Id, there: &Id| {
        let passed_over = unknown.iter().chain([gone]).map(|id| (id.clone(), later(1)));
        passed_over.chain([(there.clone(), later(2))]).collect::<Vec<_>>()
    };
    store.touch_logins(&with(&gone, &login)).await.unwrap();
    store.touch_tokens(&with(&gone_token, &token)).await.unwrap();
    assert_eq!(find_login(&store, "ada-login-1").await.unwrap().login.last_used, later(2));
    assert_eq!(used(&store, "ada-token-1").await, Some(later(2)));
    assert!(find_login(&store, "gone cookie").await.is_none() && find_token(&store, "gone").await.is_none());
    assert_eq!(left(&store, "ada").await, ALL);
    store.delete_account("ada").await.unwrap();
    store.touch_logins(&[(login, later(3))]).await.unwrap();
    store.touch_tokens(&[(token, later(3))]).await.unwrap();
    assert!(left(&store, "ada").await.is_empty());
}

async fn a_thousand_are_noted_at_once(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let (mut logins, mut tokens) = (Vec::new(), Vec::new());
    for n in 0..20_u64 {
        logins.push((log_in(&store, &ada, cookie(&format!("login-{n}"))).await.id, later(n)));
        tokens.push((keep(&store, &ada, token(&format!("token-{n}"))).await.id, later(n)));
    }
    let beyond = |from: &[(Id, Duration)]| {
        let last = from.iter().filter_map(|(id, _)| id.number()).max().unwrap_or(0);
        let unknown = (1..=980).map(move |n| (Id::from(last + 1_000 + n), later(1)));
        from.iter().cloned().chain(unknown).rev().collect::<Vec<_>>()
    };
    assert_eq!(beyond(&logins).len(), 1_000);
    store.touch_logins(&beyond(&logins)).await.unwrap();
    store.touch_tokens(&beyond(&tokens)).await.unwrap();
    for n in 0..20 {
        let login = find_login(&store, &format!("login-{n}")).await.unwrap().login;
        assert_eq!(login.last_used, later(n));
        assert_eq!(used(&store, &format!("token-{n}")).await, Some(later(n)));
    }
}

ask_every_store! { one:
    the_newest_use_of_a_login_is_kept,
    the_newest_use_of_a_token_is_kept,
    a_use_that_was_noted_before_the_clock_was_set_back_is_replaced,
    a_used_access_token_is_a_used_login,
    a_renewed_access_token_is_a_used_login,
    the_use_of_what_is_not_there_is_passed_over,
    a_thousand_are_noted_at_once,
}
