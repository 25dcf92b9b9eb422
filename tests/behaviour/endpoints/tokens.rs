//! Personal tokens.

use std::time::Duration;

use serde_json::{Value, json};

use super::{NO_IDS, Who, call, ids, is_good, keys, log_in, start, text};
use crate::support::refusal;

async fn create(router: &axum::Router, who: &Who, body: Value) -> Value {
    let answer = call(router, who, "POST", "/auth/tokens/", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn a_token_is_shown_once() {
    let (app, router) = start().await;
    let token = log_in(&router, "ada", None).await;
    for who in [token, Who::browser("ada"), Who::Basic("ada")] {
        let made = create(&router, &who, json!({ "name": " backup ", "expires_in": 3600 })).await;
        assert_eq!(keys(&made), ["created", "expires", "id", "last_used", "name", "token"]);
        let secret = text(&made, "token");
        assert!(secret.starts_with("auth_pat_"), "{who:?}");
        assert_eq!((text(&made, "name"), text(&made, "created")), ("backup".into(), "2027-01-15T08:00:00.000Z".into()));
        assert_eq!((&made["last_used"], &made["expires"]), (&Value::Null, &json!("2027-01-15T09:00:00.000Z")));
        assert!(is_good(&app, &Who::Token(secret.clone())).await, "{who:?}");

        let list = call(&router, &who, "GET", "/auth/tokens/", None).await;
        assert!(!list.body.contains(&secret) && !list.body.contains("auth_pat_"), "{list:?}");
        let list = list.json();
        assert_eq!(keys(&list[0]), ["created", "expires", "id", "last_used", "name"]);
        assert_eq!(list[0]["id"], made["id"], "the newest first");
        let path = format!("/auth/tokens/{}/", text(&made, "id"));
        let renamed = call(&router, &who, "PATCH", &path, json!({ "name": "b" })).await;
        assert!(!renamed.body.contains("token"), "{who:?}");
    }
    assert_eq!(ids(&router, &Who::browser("boss"), "/auth/tokens/").await.len(), 1);
}

#[tokio::test]
async fn a_token_lasts_as_long_as_its_owner_says() {
    let (app, router) = start().await;
    let ada = Who::browser("ada");
    let short = create(&router, &ada, json!({ "name": "short", "expires_in": 60 })).await;
    let usual = create(&router, &ada, json!({ "name": "usual" })).await;
    let null = create(&router, &ada, json!({ "name": "null", "expires_in": null })).await;
    let long = create(&router, &ada, json!({ "name": "long", "expires_in": 366 * 86_400 })).await;
    let ninety_days = json!("2027-04-15T08:00:00.000Z");
    assert_eq!((&usual["expires"], &null["expires"]), (&ninety_days, &ninety_days));
    assert_eq!(long["expires"], "2028-01-16T08:00:00.000Z");
    let who = |made: &Value| Who::Token(text(made, "token"));
    app.settings().clock().advance(Duration::from_millis(59_999));
    assert!(is_good(&app, &who(&short)).await);
    app.settings().clock().advance(Duration::from_millis(1));
    assert!(!is_good(&app, &who(&short)).await);
    assert!(!ids(&router, &ada, "/auth/tokens/").await.contains(&text(&short, "id")), "it is not shown either");
    app.settings().clock().advance(Duration::from_secs(90 * 86_400));
    assert!(!is_good(&app, &who(&usual)).await && !is_good(&app, &who(&null)).await);
    assert!(is_good(&app, &who(&long)).await);
    app.settings().clock().advance(Duration::from_secs(276 * 86_400));
    assert!(!is_good(&app, &who(&long)).await);
}

#[tokio::test]
async fn a_token_that_would_last_too_long_is_refused() {
    let (_, router) = start().await;
    let ada = Who::browser("ada");
    for expires_in in [366 * 86_400 + 1, u64::MAX] {
        let body = json!({ "name": "long", "expires_in": expires_in });
        let answer = call(&router, &ada, "POST", "/auth/tokens/", body).await;
        assert_eq!(refusal(&answer), (400, "token_lifetime".to_owned()), "{answer:?}");
        assert_eq!(answer.json()["detail"], "A token is good for at most 31622400 seconds.");
    }
    assert_eq!(ids(&router, &ada, "/auth/tokens/").await.len(), 1, "the token of the tests alone");
}

#[tokio::test]
async fn the_hundred_and_first_token_is_refused() {
    let (_, router) = start().await;
    let ada = Who::browser("ada");
    for n in ids(&router, &ada, "/auth/tokens/").await.len()..100 {
        create(&router, &ada, json!({ "name": format!("token {n}") })).await;
    }
    let answer = call(&router, &ada, "POST", "/auth/tokens/", json!({ "name": "one more" })).await;
    assert_eq!(refusal(&answer), (403, "token_limit".to_owned()), "{answer:?}");
    let first = ids(&router, &ada, "/auth/tokens/").await.pop().unwrap();
    assert_eq!(call(&router, &ada, "DELETE", &format!("/auth/tokens/{first}/"), None).await.status, 204);
    create(&router, &ada, json!({ "name": "one more" })).await;
}

#[tokio::test]
async fn a_token_needs_a_name_and_time_to_live() {
    let (_, router) = start().await;
    let ada = Who::browser("ada");
    for body in [
        json!({ "name": "" }),
        json!({ "name": "  " }),
        json!({ "name": "a", "expires_in": 0 }),
        json!({ "name": "a", "expires_in": -1 }),
        json!({ "name": "a", "expires_in": 1.5 }),
        json!({ "name": "a", "expires_in": "60" }),
        json!({ "name": "a", "expires_in": 1e30 }),
    ] {
        let answer = call(&router, &ada, "POST", "/auth/tokens/", body.clone()).await;
        assert_eq!(refusal(&answer), (400, "invalid".to_owned()), "{body}");
    }
    let id = &ids(&router, &ada, "/auth/tokens/").await[0];
    let answer = call(&router, &ada, "PATCH", &format!("/auth/tokens/{id}/"), json!({ "name": " " })).await;
    assert_eq!(refusal(&answer), (400, "invalid".to_owned()));
    assert_eq!(ids(&router, &ada, "/auth/tokens/").await.len(), 1);
}

#[tokio::test]
async fn a_token_gets_another_name_and_ends() {
    let (app, router) = start().await;
    let token = log_in(&router, "ada", None).await;
    for who in [token, Who::browser("ada"), Who::Basic("ada")] {
        let made = create(&router, &who, json!({ "name": "one" })).await;
        let (id, secret) = (text(&made, "id"), Who::Token(text(&made, "token")));
        let path = format!("/auth/tokens/{id}/");
        let answer = call(&router, &who, "PATCH", &path, json!({ "name": "two" })).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "id": id, "name": "two" })));
        let list = call(&router, &who, "GET", "/auth/tokens/", None).await.json();
        assert_eq!(text(&list[0], "name"), "two");
        assert_eq!(call(&router, &who, "DELETE", &path, None).await.status, 204);
        assert!(!is_good(&app, &secret).await && is_good(&app, &Who::personal("ada")).await);
        assert_eq!(call(&router, &who, "DELETE", &path, None).await.status, 404);
    }
}

#[tokio::test]
async fn another_accounts_token_is_not_there() {
    let (app, router) = start().await;
    let token = log_in(&router, "ada", None).await;
    let foreign = ids(&router, &Who::browser("boss"), "/auth/tokens/").await;
    // Nor is a login, or the access token of one.
    let logins = ids(&router, &token, "/auth/logins/").await;
    let highest: i64 = logins.iter().map(|id| id.parse::<i64>().unwrap()).max().unwrap();
    let near: Vec<String> = (1..=highest + 2).map(|id| id.to_string()).collect();
    let own = ids(&router, &token, "/auth/tokens/").await;
    let all = foreign.iter().chain(&near).filter(|id| !own.contains(id)).map(String::as_str).chain(NO_IDS);
    for id in all {
        let path = format!("/auth/tokens/{id}/");
        for (method, body) in [("PATCH", Some(json!({ "name": "mine" }))), ("DELETE", None)] {
            let answer = call(&router, &token, method, &path, body).await;
            assert_eq!(refusal(&answer), (404, "not_found".to_owned()), "{method} {path}");
        }
    }
    assert!(is_good(&app, &Who::personal("boss")).await && is_good(&app, &token).await);
}

#[tokio::test]
async fn a_personal_token_sees_the_lists_and_ends_itself_alone() {
    let (app, router) = start().await;
    let made = create(&router, &Who::browser("ada"), json!({ "name": "one" })).await;
    let one = Who::Token(text(&made, "token"));
    let all = ids(&router, &one, "/auth/tokens/").await;
    assert_eq!((all.len(), ids(&router, &one, "/auth/logins/").await.len()), (2, 1));
    for id in all.iter().filter(|id| **id != text(&made, "id")) {
        let answer = call(&router, &one, "DELETE", &format!("/auth/tokens/{id}/"), None).await;
        assert_eq!(refusal(&answer), (403, "login_required".to_owned()));
    }
    let own = format!("/auth/tokens/{}/", text(&made, "id"));
    let answer = call(&router, &one, "PATCH", &own, json!({ "name": "mine" })).await;
    assert_eq!(refusal(&answer), (403, "login_required".to_owned()));
    assert_eq!(call(&router, &one, "DELETE", &own, None).await.status, 204);
    assert!(!is_good(&app, &one).await && is_good(&app, &Who::personal("ada")).await);
}
