//! Logging in, by name and password or by what one has, and out.

use std::time::Duration;

use auth_runtime::TrustedOrigin;
use auth_runtime::store::{AccountStore, AtLimit, Client, ClientStore, CredentialStore, NewAccount};
use serde_json::{Value, json};
use tests::{account, app_with, request_with, settings};

use super::{Who, call, ids, is_good, keys, log_in, logged_in, router, sent, start, text};
use crate::support::{cookie_set, refusal};

fn client(name: &str) -> Client {
    Client::new(name).unwrap()
}

async fn attempt(router: &axum::Router, body: Value) -> tests::Answer {
    call(router, &Who::NoUser, "POST", "/auth/login/", body).await
}

#[tokio::test]
async fn a_log_in_gives_an_access_token_of_a_new_login() {
    let (app, router) = start().await;
    let lifetime = Some(Duration::from_secs(3600));
    app.backend().put_client(&client("phone").with_access_lifetime(lifetime)).await.unwrap();
    let body = json!({ "username": "ada", "password": "pw", "client": "phone", "name": " my phone " });
    let answer = attempt(&router, body).await.json();
    assert_eq!(keys(&answer), ["expires", "login", "token"]);
    assert!(text(&answer, "token").starts_with("auth_at_"));
    assert_eq!(answer["expires"], "2027-01-15T09:00:00.000Z");
    let login = &answer["login"];
    assert_eq!(keys(login), ["client", "created", "expires", "id", "last_used"]);
    assert_eq!((text(login, "client"), text(login, "created")), ("phone".into(), "2027-01-15T08:00:00.000Z".into()));
    assert_eq!((&login["last_used"], &login["expires"]), (&login["created"], &json!("2027-04-15T08:00:00.000Z")));
    assert!(is_good(&app, &Who::Token(text(&answer, "token"))).await);
    let logins = app.backend().logins(&account(&app, "ada").await).await.unwrap();
    assert_eq!((logins[0].login.id.to_string(), logins[0].name.as_str()), (text(login, "id"), "my phone"));
}

#[tokio::test]
async fn without_ends_there_are_none_in_the_answer() {
    let (app, router) = start().await;
    let forever = client("tv").with_absolute_lifetime(None).with_idle_lifetime(None);
    app.backend().put_client(&forever).await.unwrap();
    let answer = logged_in(&router, "ada", Some("tv")).await;
    assert_eq!((&answer["expires"], &answer["login"]["expires"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn no_cookie_is_set_and_none_is_looked_at() {
    let (app, router) = start().await;
    let headers = [
        ("content-type", "application/json"),
        ("authorization", "Token stale"),
        ("cookie", "sessionid=boss-login"),
        ("origin", "https://front.example"),
    ];
    let body = json!({ "username": "ada", "password": "pw" }).to_string();
    let answer = sent(&router, request_with("POST", "/auth/login/", &headers, &body)).await;
    assert_eq!((answer.status.as_u16(), cookie_set(&answer, "sessionid")), (200, None));
    assert!(is_good(&app, &Who::browser("boss")).await);
}

#[tokio::test]
async fn wrong_unknown_and_disabled_are_one_401_without_a_challenge() {
    let (app, router) = start().await;
    let hash = app.passwords().hash("pw").await.unwrap();
    let gone = NewAccount::new("gone").with_password_hash(hash).active(false);
    app.backend().create_account(&gone).await.unwrap().unwrap();
    app.backend().create_account(&NewAccount::new("without")).await.unwrap().unwrap();
    let mut answers = Vec::new();
    for (username, password) in [
        ("ada", "wrong"),
        ("ada", ""),
        ("ADA", "pw"),
        ("ada\u{200b}", "pw"),
        ("nobody", "pw"),
        ("gone", "pw"),
        ("without", ""),
    ] {
        let answer = attempt(&router, json!({ "username": username, "password": password })).await;
        assert_eq!(refusal(&answer), (401, "authentication_failed".to_owned()), "{username} {password}");
        assert_eq!(answer.header("www-authenticate"), None, "{username}");
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_client_that_nobody_made_is_400() {
    let (_, router) = start().await;
    for name in ["tablet", "", "Default", "a b", "\0"] {
        let body = json!({ "username": "ada", "password": "pw", "client": name });
        let answer = attempt(&router, body).await;
        assert_eq!(refusal(&answer), (400, "unknown_client".to_owned()), "{name:?}");
        let answer = call(&router, &Who::Basic("ada"), "POST", "/auth/obtain/", json!({ "client": name })).await;
        assert_eq!(refusal(&answer), (400, "unknown_client".to_owned()), "{name:?}");
    }
    for none in [json!({}), json!({ "client": null }), json!({ "client": "default" })] {
        let answer = call(&router, &Who::Basic("ada"), "POST", "/auth/obtain/", none).await;
        assert_eq!(answer.json()["login"]["client"], "default");
    }
}

#[tokio::test]
async fn the_rules_of_the_client_hold() {
    let (app, router) = start().await;
    let limited = client("limited").with_max_logins(Some(1));
    let newest = limited.clone().with_at_limit(AtLimit::EndOldest);
    let origins = vec![TrustedOrigin::parse("https://app.example").unwrap()];
    app.backend().put_client(&limited).await.unwrap();
    let first = log_in(&router, "ada", Some("limited")).await;
    let body = json!({ "username": "ada", "password": "pw", "client": "limited" });
    let refused = attempt(&router, body.clone()).await;
    assert_eq!(refusal(&refused), (403, "login_limit".to_owned()));
    let by_cookie = call(&router, &Who::browser("ada"), "POST", "/auth/obtain/", body.clone()).await;
    assert_eq!(refusal(&by_cookie), (403, "login_limit".to_owned()));
    assert!(is_good(&app, &first).await);

    app.backend().put_client(&newest).await.unwrap();
    let second = log_in(&router, "ada", Some("limited")).await;
    assert!(!is_good(&app, &first).await && is_good(&app, &second).await);

    app.backend().put_client(&limited.with_max_logins(None).with_allowed_origins(origins)).await.unwrap();
    for (origin, status) in [("https://app.example", 200), ("https://evil.example", 403), ("null", 403)] {
        let headers = [("content-type", "application/json"), ("origin", origin)];
        let answer = sent(&router, request_with("POST", "/auth/login/", &headers, &body.to_string())).await;
        assert_eq!(answer.status, status, "{origin}");
        assert!(status == 200 || refusal(&answer).1 == "origin_not_allowed", "{origin}");
    }
}

#[tokio::test]
async fn failures_are_counted_and_refusals_of_the_client_are_none() {
    let (app, router) = start().await;
    app.backend().put_client(&client("none").with_max_logins(Some(0))).await.unwrap();
    for _ in 0..20 {
        let body = json!({ "username": "ada", "password": "pw", "client": "none" });
        assert_eq!(attempt(&router, body).await.status, 403);
    }
    for failure in 0..10 {
        let answer = attempt(&router, json!({ "username": "ada", "password": "wrong" })).await;
        assert_eq!(answer.status, 401, "{failure}");
    }
    let answer = attempt(&router, json!({ "username": "ada", "password": "pw" })).await;
    assert_eq!(refusal(&answer), (429, "throttled".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("600"));
    assert_eq!(attempt(&router, json!({ "username": "boss", "password": "pw" })).await.status, 200);
    app.settings().clock().advance(Duration::from_secs(600));
    assert_eq!(attempt(&router, json!({ "username": "ada", "password": "pw" })).await.status, 200);
}

#[tokio::test]
async fn whoever_is_logged_in_or_knows_a_password_obtains_a_token() {
    let (app, router) = start().await;
    let token = log_in(&router, "ada", None).await;
    for who in [token, Who::browser("ada"), Who::Basic("ada")] {
        let before = ids(&router, &who, "/auth/logins/").await;
        let answer = call(&router, &who, "POST", "/auth/obtain/", json!({ "name": "cli" })).await;
        assert_eq!(answer.status, 200, "{who:?}");
        let made = answer.json();
        assert!(is_good(&app, &Who::Token(text(&made, "token"))).await, "{who:?}");
        let after = ids(&router, &who, "/auth/logins/").await;
        assert_eq!(after.len(), before.len() + 1, "{who:?}");
        assert!(after.contains(&text(&made["login"], "id")), "{who:?}");
    }
    assert!(is_good(&app, &Who::browser("ada")).await, "it ends nothing");
}

#[tokio::test]
async fn a_log_out_ends_the_login_of_the_token_or_the_cookie_alone() {
    let (app, router) = start().await;
    let first = log_in(&router, "ada", None).await;
    let second = log_in(&router, "ada", None).await;
    let answer = call(&router, &first, "POST", "/auth/logout/", None).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
    assert!(!is_good(&app, &first).await && is_good(&app, &second).await);
    let again = call(&router, &first, "POST", "/auth/logout/", None).await;
    assert_eq!(refusal(&again), (401, "authentication_failed".to_owned()));

    assert_eq!(call(&router, &Who::browser("ada"), "POST", "/auth/logout/", None).await.status, 204);
    assert!(!is_good(&app, &Who::browser("ada")).await && is_good(&app, &second).await);
    assert!(is_good(&app, &Who::personal("ada")).await && is_good(&app, &Who::browser("boss")).await);
}

#[tokio::test]
async fn credentials_without_a_login_cannot_log_out() {
    let (app, router) = start().await;
    for who in [Who::Basic("ada"), Who::personal("ada")] {
        let answer = call(&router, &who, "POST", "/auth/logout/", None).await;
        assert_eq!(refusal(&answer), (400, "no_login".to_owned()), "{who:?}");
    }
    assert!(is_good(&app, &Who::personal("ada")).await);
}

#[tokio::test]
async fn all_logins_end_but_the_one_that_is_kept() {
    for (except, by_cookie) in [(false, false), (true, false), (false, true), (true, true)] {
        let (app, router) = start().await;
        let token = log_in(&router, "ada", None).await;
        let other = log_in(&router, "ada", None).await;
        let (who, further) = if by_cookie { (Who::browser("ada"), token) } else { (token, Who::browser("ada")) };
        let body = json!({ "except_current": except });
        assert_eq!(call(&router, &who, "POST", "/auth/logout/all/", body).await.status, 204);
        assert_eq!(is_good(&app, &who).await, except, "{who:?}");
        assert!(!is_good(&app, &other).await && !is_good(&app, &further).await, "{who:?}");
        assert!(is_good(&app, &Who::browser("boss")).await, "another account's");
        assert!(is_good(&app, &Who::personal("ada")).await, "a personal token is no login");
    }
}

#[tokio::test]
async fn a_password_ends_all_logins_whatever_is_to_be_kept() {
    let (app, router) = start().await;
    let token = log_in(&router, "ada", None).await;
    let body = json!({ "except_current": true });
    assert_eq!(call(&router, &Who::Basic("ada"), "POST", "/auth/logout/all/", body).await.status, 204);
    assert!(!is_good(&app, &token).await && !is_good(&app, &Who::browser("ada")).await);
}

#[tokio::test]
async fn an_application_says_what_its_tokens_begin_with() {
    let format = auth_runtime::TokenFormat::new("shop").unwrap();
    let app = app_with(settings().with_token_format(format)).await;
    let router = router(&app);
    assert!(text(&logged_in(&router, "ada", None).await, "token").starts_with("shop_at_"));
    let made = call(&router, &Who::browser("ada"), "POST", "/auth/tokens/", json!({ "name": "a" })).await;
    assert!(text(&made.json(), "token").starts_with("shop_pat_"));
}
