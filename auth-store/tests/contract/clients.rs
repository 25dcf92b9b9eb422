//! Clients and their rules.

use std::time::Duration;

use auth_runtime::TrustedOrigin;
use auth_runtime::store::{AtLimit, Client};
use auth_runtime::throttle::Limit;

use crate::given::{
    ALL, Contract, NOW, access_of, client, cookie_of, furnished, has_login, has_token, left, log_in, seconds,
};

fn every_rule(name: &str) -> Client {
    let origins = ["https://app.example.org", "http://localhost:3000", "https://*.example.net:8443"];
    client(name)
        .with_idle_lifetime(Some(Duration::from_millis(1_001)))
        .with_absolute_lifetime(Some(Duration::from_millis(2_002)))
        .with_access_lifetime(Some(Duration::from_millis(3_003)))
        .with_max_logins(Some(u32::MAX))
        .with_at_limit(AtLimit::EndOldest)
        .with_single_login(true)
        .with_rate(Some(Limit::new(10, seconds(600))))
        .with_allowed_origins(origins.map(|origin| TrustedOrigin::parse(origin).unwrap()).to_vec())
}

fn no_rule(name: &str) -> Client {
    client(name).with_idle_lifetime(None).with_absolute_lifetime(None)
}

async fn a_client_is_found_with_all_its_rules(store: impl Contract) {
    assert_eq!(store.find_client("web").await.unwrap(), None);
    assert!(store.clients().await.unwrap().is_empty());
    for (n, rules) in [every_rule as fn(&str) -> Client, no_rule, client].into_iter().enumerate() {
        let wanted = rules(&format!("client-{n}"));
        assert!(store.put_client(&wanted).await.unwrap());
        assert_eq!(store.find_client(wanted.name()).await.unwrap(), Some(wanted));
    }
    let zero = every_rule("zero")
        .with_max_logins(Some(0))
        .with_idle_lifetime(Some(Duration::ZERO))
        .with_rate(Some(Limit::new(0, seconds(1))));
    assert!(store.put_client(&zero).await.unwrap());
    assert_eq!(store.find_client("zero").await.unwrap(), Some(zero));
}

async fn a_client_is_given_other_rules(store: impl Contract) {
    assert!(store.put_client(&every_rule("web")).await.unwrap());
    assert!(store.put_client(&every_rule("other")).await.unwrap());
    for rules in [no_rule("web"), every_rule("web"), client("web"), client("web")] {
        assert!(!store.put_client(&rules).await.unwrap(), "it was there");
        assert_eq!(store.find_client("web").await.unwrap(), Some(rules));
    }
    assert_eq!(store.find_client("other").await.unwrap(), Some(every_rule("other")));
    assert_eq!(store.clients().await.unwrap().len(), 2);
}

async fn clients_are_listed_by_name_and_found_exactly(store: impl Contract) {
    let long = "z".repeat(64);
    let sorted = ["A.b", "B", "a-1", "a_1", &long];
    for name in [4, 2, 0, 3, 1].map(|n| sorted[n]) {
        assert!(store.put_client(&every_rule(name)).await.unwrap());
    }
    assert_eq!(store.clients().await.unwrap(), sorted.map(every_rule));
    for unknown in ["", "b", "a", "a%", "A", "a-1\0", "\0", "a-1 ", "é"] {
        assert_eq!(store.find_client(unknown).await.unwrap(), None, "{unknown:?}");
        assert!(!store.delete_client(unknown).await.unwrap(), "{unknown:?}");
    }
    assert_eq!(store.clients().await.unwrap().len(), 5);
}

async fn a_deleted_client_takes_its_logins_along(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    let bob = furnished(&store, "bob").await;
    for name in ["web", "phone"] {
        store.put_client(&client(name)).await.unwrap();
        for user in [&ada, &bob] {
            log_in(&store, user, cookie_of(&client(name), &format!("{}-{name}-cookie", user.username), NOW)).await;
            log_in(&store, user, access_of(&client(name), &format!("{}-{name}-token", user.username), NOW)).await;
        }
    }
    assert!(store.delete_client("web").await.unwrap());
    assert!(!store.delete_client("web").await.unwrap());
    assert_eq!(store.find_client("web").await.unwrap(), None);
    assert_eq!(store.clients().await.unwrap(), [client("phone")]);
    for user in ["ada", "bob"] {
        assert!(!has_login(&store, &format!("{user}-web-cookie")).await);
        assert!(!has_token(&store, &format!("{user}-web-token")).await);
        assert!(has_login(&store, &format!("{user}-phone-cookie")).await);
        assert!(has_token(&store, &format!("{user}-phone-token")).await);
        assert_eq!(left(&store, user).await, ALL);
    }
    assert_eq!(store.logins(&ada).await.unwrap().len(), 6);
}

async fn new_rules_leave_the_logins_before_as_they_are(store: impl Contract) {
    let ada = furnished(&store, "ada").await;
    store.put_client(&client("web")).await.unwrap();
    let login = log_in(&store, &ada, cookie_of(&client("web"), "cookie", NOW)).await;
    store.put_client(&every_rule("web").with_max_logins(Some(0))).await.unwrap();
    assert_eq!(crate::given::find_login(&store, "cookie").await.unwrap().login, login);
}

ask_every_store! { one:
    a_client_is_found_with_all_its_rules,
    a_client_is_given_other_rules,
    clients_are_listed_by_name_and_found_exactly,
    a_deleted_client_takes_its_logins_along,
    new_rules_leave_the_logins_before_as_they_are,
}
