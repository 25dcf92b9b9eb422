//! Logins: made, found, listed, named, ended.

use std::net::IpAddr;
use std::time::Duration;

use auth_runtime::store::{AtLimit, Client, Id, Login, NewCredential, NewLogin};

use crate::given::{
    ALL, Contract, NOW, access, access_of, client, cookie, cookie_of, digest, find_login, find_token, furnished,
    has_login, has_token, left, log_in, make, seconds,
};

fn phone() -> Client {
    client("phone-2.x_y")
        .with_idle_lifetime(Some(Duration::from_millis(7_001)))
        .with_absolute_lifetime(Some(Duration::from_millis(90_003)))
        .with_access_lifetime(Some(Duration::from_millis(301)))
}

async fn logins_are_found_as_they_were_made(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let made = log_in(&store, &ada, cookie_of(&phone(), "new", NOW)).await;
    let wanted = Login {
        id: made.id.clone(),
        client: "phone-2.x_y".to_owned(),
        created: NOW,
        last_used: NOW,
        idle_timeout: Some(Duration::from_millis(7_001)),
        expires: Some(NOW + Duration::from_millis(90_003)),
    };
    assert_eq!(made, wanted, "to the millisecond");
    let found = find_login(&store, "new").await.unwrap();
    assert_eq!((found.user, found.login), (ada.clone(), wanted));
    assert_eq!(found.csrf_secret.as_deref(), Some("csrf secret"));
    assert!(!has_login(&store, "unknown").await);
    assert!(!has_token(&store, "new").await, "a cookie is no token");

    let credential = NewCredential::Cookie { digest: digest("bare"), csrf_secret: None };
    let forever = client("forever").with_idle_lifetime(None).with_absolute_lifetime(None);
    let made = log_in(&store, &ada, NewLogin::new(credential, forever, NOW)).await;
    let found = find_login(&store, "bare").await.unwrap();
    assert_eq!((found.csrf_secret, found.login.idle_timeout, found.login.expires), (None, None, None));
    assert_eq!(found.login, made);
}

async fn a_login_by_token_is_found_by_its_token(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let login = log_in(&store, &ada, access_of(&phone(), "new", NOW)).await;
    let found = find_token(&store, "new").await.unwrap();
    assert_eq!(found.user, ada);
    let token = found.token;
    assert_eq!((token.login, token.client.as_str()), (Some(login.id), "phone-2.x_y"));
    assert_eq!((token.created, token.last_used), (NOW, Some(NOW)));
    assert_eq!(token.idle_timeout, Some(Duration::from_millis(7_001)));
    assert_eq!(token.expires, Some(NOW + Duration::from_millis(301)));
    assert!(!has_login(&store, "new").await, "a token is no cookie");
    assert!(!store.end_login(&digest("new")).await.unwrap());
    assert!(has_token(&store, "new").await);

    let long = phone().with_access_lifetime(Some(seconds(1_000_000)));
    let login = log_in(&store, &ada, access_of(&long, "long", NOW)).await;
    assert_eq!(find_token(&store, "long").await.unwrap().token.expires, login.expires, "never beyond its login");
    let bare = phone().with_access_lifetime(None).with_absolute_lifetime(None).with_idle_lifetime(None);
    log_in(&store, &ada, access_of(&bare, "bare", NOW)).await;
    let token = find_token(&store, "bare").await.unwrap().token;
    assert_eq!((token.expires, token.idle_timeout), (None, None));
}

async fn lifetimes_without_end_in_sight_are_kept(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let long = client("long")
        .with_idle_lifetime(Some(Duration::MAX))
        .with_absolute_lifetime(Some(Duration::MAX))
        .with_access_lifetime(Some(Duration::MAX))
        .with_max_logins(Some(3));
    log_in(&store, &ada, cookie_of(&long, "cookie", NOW)).await;
    log_in(&store, &ada, access_of(&long, "token", NOW)).await;
    let century = NOW + seconds(100 * 365 * 86_400);
    store.sweep(century).await.unwrap();
    log_in(&store, &ada, cookie_of(&long, "another", century)).await;
    assert!(!find_login(&store, "cookie").await.unwrap().login.has_expired(century));
    assert!(!find_token(&store, "token").await.unwrap().token.has_expired(century));
}

async fn the_owner_of_a_cookie_ends_its_login(store: impl Contract) {
    furnished(&store, "ada").await;
    assert!(store.end_login(&digest("ada-login-1")).await.unwrap());
    assert!(!store.end_login(&digest("ada-login-1")).await.unwrap());
    assert!(!store.end_login(&digest("unknown")).await.unwrap());
    assert!(!store.end_login(&digest("ada-token-1")).await.unwrap());
    assert_eq!(left(&store, "ada").await, ["access-1", "access-2", "login-2", "token-1", "token-2"]);
}

async fn a_digest_that_is_taken_is_an_error_and_changes_nothing(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let bob = furnished(&store, "bob").await;
    // Rules by which the login would end others, had it been kept.
    let strict = client("strict").with_single_login(true);
    let few = Client::default().with_max_logins(Some(1)).with_at_limit(AtLimit::EndOldest);
    for rules in [&Client::default(), &strict, &few] {
        for account in [&ada, &bob] {
            store.insert_login(account, access_of(rules, "ada-token-1", NOW + seconds(9))).await.unwrap_err();
        }
        store.insert_login(&bob, cookie_of(rules, "ada-login-1", NOW + seconds(9))).await.unwrap_err();
        store.insert_login(&bob, access_of(rules, "ada-access-1", NOW + seconds(9))).await.unwrap_err();
    }
    store.insert_login(&ada, cookie("ada-login-1")).await.unwrap_err();
    store.insert_login(&ada, access("ada-access-1")).await.unwrap_err();
    for account in [&ada, &bob] {
        assert_eq!(left(&store, &account.username).await, ALL);
        assert_eq!(store.logins(account).await.unwrap().len(), 4);
    }
    assert_eq!(find_login(&store, "ada-login-1").await.unwrap().user, ada);
    assert_eq!(find_token(&store, "ada-access-1").await.unwrap().user, ada);
    assert_eq!(find_token(&store, "ada-token-1").await.unwrap().token.login, None);
}

async fn owners_see_their_logins_the_newest_first(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let bob = make(&store, "bob").await;
    assert!(store.logins(&ada).await.unwrap().is_empty());
    let addresses = ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"].map(|text| text.parse::<IpAddr>().unwrap());
    let mut made = Vec::new();
    for (n, address) in [3_u64, 1, 2].into_iter().zip(addresses) {
        let mut login = match n {
            2 => access_of(&phone(), &format!("login-{n}"), NOW + Duration::from_millis(n)),
            _ => cookie_of(&phone(), &format!("login-{n}"), NOW + Duration::from_millis(n)),
        };
        login.name = format!("Adas Gerät № {n} 📱");
        login.address = Some(address);
        login.user_agent = "Mozilla/5.0 é".repeat(15);
        made.push((login.name.clone(), address, log_in(&store, &ada, login).await));
    }
    log_in(&store, &bob, cookie("bobs")).await;
    made.sort_by_key(|(.., login)| std::cmp::Reverse(login.created));
    let listed = store.logins(&ada).await.unwrap();
    assert_eq!(listed.len(), 3);
    for (entry, (name, address, login)) in listed.into_iter().zip(made) {
        assert_eq!((entry.name, entry.address, entry.login), (name, Some(address), login));
        assert_eq!(entry.user_agent, "Mozilla/5.0 é".repeat(15));
    }
    let bobs = store.logins(&bob).await.unwrap();
    assert_eq!((bobs.len(), bobs[0].address, bobs[0].name.as_str(), bobs[0].user_agent.as_str()), (1, None, "", ""));
}

async fn of_logins_of_one_moment_the_later_is_the_newer(store: impl Contract) {
    let ada = make(&store, "ada").await;
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.push(log_in(&store, &ada, cookie(&format!("login-{n}"))).await.id);
    }
    ids.reverse();
    let listed: Vec<_> = store.logins(&ada).await.unwrap().into_iter().map(|entry| entry.login.id).collect();
    assert_eq!(listed, ids);
}

async fn owners_name_their_logins(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let login = find_login(&store, "ada-login-1").await.unwrap().login;
    for name in ["Küche 🍲", "", "'; DROP TABLE auth_login; --"] {
        assert!(store.rename_login(&ada, &login.id, name).await.unwrap());
        let entries = store.logins(&ada).await.unwrap();
        for entry in entries {
            assert_eq!(entry.name, if entry.login.id == login.id { name } else { "" });
        }
    }
    assert_eq!(find_login(&store, "ada-login-1").await.unwrap().login, login);
}

async fn owners_end_their_logins(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    furnished(&store, "bob").await;
    let cookie = find_login(&store, "ada-login-1").await.unwrap().login.id;
    let access = find_token(&store, "ada-access-1").await.unwrap().token.login.unwrap();
    assert!(store.revoke_login(&ada, &cookie).await.unwrap());
    assert!(!store.revoke_login(&ada, &cookie).await.unwrap());
    assert!(store.revoke_login(&ada, &access).await.unwrap());
    assert_eq!(left(&store, "ada").await, ["access-2", "login-2", "token-1", "token-2"], "its token went along");
    assert!(!store.rename_login(&ada, &cookie, "gone").await.unwrap());

    let except = find_token(&store, "ada-access-2").await.unwrap().token.login.unwrap();
    assert_eq!(store.revoke_logins(&ada, Some(&except)).await.unwrap(), 1);
    assert_eq!(left(&store, "ada").await, ["access-2", "token-1", "token-2"]);
    assert_eq!(store.revoke_logins(&ada, Some(&cookie)).await.unwrap(), 1, "what is gone keeps nothing");
    assert_eq!(left(&store, "ada").await, ["token-1", "token-2"]);
    assert_eq!(store.revoke_logins(&ada, None).await.unwrap(), 0);
    assert_eq!(left(&store, "bob").await, ALL);
}

async fn another_accounts_logins_are_not_there(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let bob = furnished(&store, "bob").await;
    let token = find_token(&store, "bob-token-1").await.unwrap().token.id;
    let mut ids: Vec<_> = store.logins(&bob).await.unwrap().into_iter().map(|entry| entry.login.id).collect();
    ids.extend([0, -4_711, i64::MAX, i64::MIN].map(Id::from));
    ids.extend(["", "a uuid", "1 OR 1=1", "01"].map(Id::from));
    for id in ids {
        assert!(!store.rename_login(&ada, &id, "mine").await.unwrap(), "{id}");
        assert!(!store.revoke_login(&ada, &id).await.unwrap(), "{id}");
    }
    let bobs = find_login(&store, "bob-login-1").await.unwrap().login.id;
    assert!(store.logins(&bob).await.unwrap().iter().all(|entry| entry.name.is_empty()));
    assert_eq!(store.revoke_logins(&ada, Some(&bobs)).await.unwrap(), 4);
    assert_eq!(left(&store, "bob").await, ALL);
    assert!(!store.revoke_token(&ada, &token).await.unwrap());
}

async fn logins_by_either_credential_share_their_clients_name(store: impl Contract) {
    let ada = make(&store, "ada").await;
    log_in(&store, &ada, access("token")).await;
    log_in(&store, &ada, cookie("cookie")).await;
    let clients: Vec<_> = store.logins(&ada).await.unwrap().into_iter().map(|entry| entry.login.client).collect();
    assert_eq!(clients, [Client::DEFAULT_NAME, Client::DEFAULT_NAME]);
}

ask_every_store! { one:
    logins_are_found_as_they_were_made,
    a_login_by_token_is_found_by_its_token,
    lifetimes_without_end_in_sight_are_kept,
    the_owner_of_a_cookie_ends_its_login,
    a_digest_that_is_taken_is_an_error_and_changes_nothing,
    owners_see_their_logins_the_newest_first,
    of_logins_of_one_moment_the_later_is_the_newer,
    owners_name_their_logins,
    owners_end_their_logins,
    another_accounts_logins_are_not_there,
    logins_by_either_credential_share_their_clients_name,
}
