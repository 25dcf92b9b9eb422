//! The list of one's logins.

use std::time::Duration;

use auth_runtime::store::{Client, ClientStore};
use serde_json::json;
use tests::{app_with, request_with, settings};

use super::{NO_IDS, Who, built, call, ids, is_good, keys, log_in, logged_in, router, sent, start, text};
use crate::support::{from_peer, refusal};

#[tokio::test]
async fn it_shows_each_login_the_newest_first_and_which_one_asks() {
    let app = app_with(settings()).await;
    let router = router(&app);
    app.settings().clock().advance(Duration::from_secs(60));
    let headers = [("content-type", "application/json"), ("user-agent", "curl/8.5")];
    let body = json!({ "username": "ada", "password": "pw", "name": "laptop" }).to_string();
    let request = request_with("POST", "/auth/login/", &headers, &body);
    let made = sent(&router, from_peer(request, "192.0.2.7")).await.json();
    let token = Who::Token(text(&made, "token"));
    logged_in(&router, "boss", None).await;

    let list = call(&router, &token, "GET", "/auth/logins/", None).await;
    assert!(!list.body.contains("auth_at_") && !list.body.contains("ada-login"), "{list:?}");
    let list = list.json();
    assert_eq!(
        list[0],
        json!({
            "id": made["login"]["id"],
            "client": "default",
            "name": "laptop",
            "address": "192.0.2.7",
            "user_agent": "curl/8.5",
            "created": "2027-01-15T08:01:00.000Z",
            "last_used": "2027-01-15T08:01:00.000Z",
            "expires": "2027-04-15T08:01:00.000Z",
            "is_current": true,
        })
    );
    assert_eq!(keys(&list[1]), keys(&list[0]));
    assert_eq!((text(&list[1], "name"), &list[1]["address"]), (String::new(), &json!(null)));
    assert_eq!((list[1]["is_current"].as_bool(), list.as_array().unwrap().len()), (Some(false), 2));

    let list = call(&router, &Who::browser("ada"), "GET", "/auth/logins/", None).await.json();
    assert_eq!((&list[0]["is_current"], &list[1]["is_current"]), (&json!(false), &json!(true)));
    for who in [Who::personal("ada"), Who::Basic("ada")] {
        let list = call(&router, &who, "GET", "/auth/logins/", None).await.json();
        assert_eq!((&list[0]["is_current"], &list[1]["is_current"]), (&json!(false), &json!(false)), "{who:?}");
    }
}

#[tokio::test]
async fn what_has_ended_is_not_shown() {
    let (app, router) = start().await;
    let short = Client::new("short").unwrap().with_absolute_lifetime(Some(Duration::from_secs(60)));
    let idle = Client::new("idle").unwrap().with_idle_lifetime(Some(Duration::from_secs(60)));
    for client in [&short, &idle] {
        app.backend().put_client(client).await.unwrap();
        log_in(&router, "ada", Some(client.name())).await;
    }
    assert_eq!(ids(&router, &Who::personal("ada"), "/auth/logins/").await.len(), 3);
    app.settings().clock().advance(Duration::from_secs(60));
    assert_eq!(ids(&router, &Who::personal("ada"), "/auth/logins/").await.len(), 1);
}

#[tokio::test]
async fn a_login_gets_another_name() {
    let (_, router) = start().await;
    let token = log_in(&router, "ada", None).await;
    for who in [token, Who::browser("ada"), Who::Basic("ada")] {
        for id in ids(&router, &who, "/auth/logins/").await {
            for name in ["couch", "", "bed"] {
                let path = format!("/auth/logins/{id}/");
                let answer = call(&router, &who, "PATCH", &path, json!({ "name": name })).await;
                assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "id": id, "name": name })));
                let list = call(&router, &who, "GET", "/auth/logins/", None).await.json();
                let entry = list.as_array().unwrap().iter().find(|entry| text(entry, "id") == id).unwrap();
                assert_eq!(text(entry, "name"), name, "{who:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_login_ends_and_the_callers_own_too() {
    let (app, router) = start().await;
    let token = log_in(&router, "ada", None).await;
    let other = log_in(&router, "ada", None).await;
    let [other_id, own_id, browser_id] = ids(&router, &token, "/auth/logins/").await.try_into().unwrap();
    for (id, gone) in [(other_id, other), (browser_id, Who::browser("ada")), (own_id, token.clone())] {
        assert!(is_good(&app, &gone).await);
        let answer = call(&router, &token, "DELETE", &format!("/auth/logins/{id}/"), None).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""), "{gone:?}");
        assert!(!is_good(&app, &gone).await, "{gone:?}");
        let again = call(&router, &Who::Basic("ada"), "DELETE", &format!("/auth/logins/{id}/"), None).await;
        assert_eq!(refusal(&again), (404, "not_found".to_owned()), "{gone:?}");
    }
    assert!(is_good(&app, &Who::browser("boss")).await && is_good(&app, &Who::personal("ada")).await);
}

#[tokio::test]
async fn another_accounts_login_is_not_there() {
    let (app, router) = start().await;
    let token = log_in(&router, "boss", None).await;
    let foreign = ids(&router, &token, "/auth/logins/").await;
    // Nor is a token a login.
    let own_token = ids(&router, &Who::browser("ada"), "/auth/tokens/").await;
    let all = foreign.iter().chain(&own_token).map(String::as_str).chain(NO_IDS);
    for id in all {
        let path = format!("/auth/logins/{id}/");
        for (method, body) in [("PATCH", Some(json!({ "name": "mine" }))), ("DELETE", None)] {
            let answer = call(&router, &Who::browser("ada"), method, &path, body).await;
            assert_eq!(refusal(&answer), (404, "not_found".to_owned()), "{method} {path}");
        }
    }
    assert!(is_good(&app, &token).await && is_good(&app, &Who::browser("boss")).await);
    let list = call(&router, &token, "GET", "/auth/logins/", None).await.json();
    assert!(list.as_array().unwrap().iter().all(|entry| text(entry, "name").is_empty()));
}

#[tokio::test]
async fn a_path_without_its_slash_or_with_more_is_not_there() {
    let (_, router) = start().await;
    for path in ["/auth/logins", "/auth/logins/1", "/auth/logins//", "/auth/logins/1/2/", "/auth/login", "/auth/"] {
        let answer = tests::send(&router, built(&Who::browser("ada"), "GET", path, None)).await;
        assert!([404, 405].contains(&answer.status.as_u16()), "{path}: {answer:?}");
    }
}
