//! Clients, which are for the staff.

use auth_runtime::store::{AtLimit, ClientStore, LoginStore};
use serde_json::{Value, json};

use super::{Who, call, is_good, keys, log_in, start, text};
use crate::support::refusal;

async fn put(router: &axum::Router, name: &str, body: Value) -> tests::Answer {
    call(router, &Who::browser("boss"), "PUT", &format!("/auth/clients/{name}/"), body).await
}

fn whole() -> Value {
    json!({
        "name": "phone",
        "idle_lifetime": 3600,
        "absolute_lifetime": 86400,
        "access_lifetime": 600,
        "max_logins": 3,
        "at_limit": "end_oldest",
        "single_login": true,
        "rate": "100/hour",
        "allowed_origins": ["https://app.example", "https://*.example.net"],
    })
}

#[tokio::test]
async fn only_the_staff_may_and_not_with_a_personal_token() {
    let (app, router) = start().await;
    put(&router, "phone", json!({})).await;
    let token = log_in(&router, "ada", None).await;
    for (method, path) in [
        ("GET", "/auth/clients/"),
        ("GET", "/auth/clients/phone/"),
        ("PUT", "/auth/clients/phone/"),
        ("PUT", "/auth/clients/new/"),
        ("DELETE", "/auth/clients/phone/"),
        ("DELETE", "/auth/clients/unknown/"),
    ] {
        for who in [token.clone(), Who::browser("ada"), Who::Basic("ada")] {
            let answer = call(&router, &who, method, path, json!({})).await;
            assert_eq!(refusal(&answer), (403, "permission_denied".to_owned()), "{method} {path} {who:?}");
        }
        for who in [Who::personal("ada"), Who::personal("boss")] {
            let answer = call(&router, &who, method, path, json!({})).await;
            assert_eq!(refusal(&answer), (403, "login_required".to_owned()), "{method} {path} {who:?}");
        }
    }
    assert_eq!(app.backend().clients().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_client_is_made_shown_changed_and_deleted() {
    let (app, router) = start().await;
    let boss = Who::browser("boss");
    assert_eq!(call(&router, &boss, "GET", "/auth/clients/", None).await.json(), json!([]));
    assert_eq!(refusal(&call(&router, &boss, "GET", "/auth/clients/phone/", None).await).0, 404);

    let made = put(&router, "phone", whole()).await;
    assert_eq!((made.status.as_u16(), made.json()), (201, whole()));
    assert_eq!(call(&router, &boss, "GET", "/auth/clients/phone/", None).await.json(), whole());
    let kept = app.backend().find_client("phone").await.unwrap().unwrap();
    assert_eq!((*kept.at_limit(), *kept.max_logins(), kept.allowed_origins().len()), (AtLimit::EndOldest, Some(3), 2));

    let mut other = whole();
    other["rate"] = Value::Null;
    other["at_limit"] = "refuse".into();
    let changed = put(&router, "phone", other.clone()).await;
    assert_eq!((changed.status.as_u16(), changed.json()), (200, other));

    put(&router, "a.b_c-9", json!({})).await;
    let list = call(&router, &boss, "GET", "/auth/clients/", None).await.json();
    let names: Vec<String> = list.as_array().unwrap().iter().map(|client| text(client, "name")).collect();
    assert_eq!(names, ["a.b_c-9", "phone"]);

    assert_eq!(call(&router, &boss, "DELETE", "/auth/clients/phone/", None).await.status, 204);
    assert_eq!(refusal(&call(&router, &boss, "DELETE", "/auth/clients/phone/", None).await).0, 404);
}

#[tokio::test]
async fn what_is_not_said_is_as_the_default_client_has_it() {
    let (_, router) = start().await;
    put(&router, "phone", whole()).await;
    let answer = put(&router, "phone", json!({ "max_logins": 1 })).await.json();
    assert_eq!(keys(&answer), keys(&whole()));
    assert_eq!(
        answer,
        json!({
            "name": "phone",
            "idle_lifetime": 14 * 86_400,
            "absolute_lifetime": 90 * 86_400,
            "access_lifetime": null,
            "max_logins": 1,
            "at_limit": "refuse",
            "single_login": false,
            "rate": null,
            "allowed_origins": [],
        })
    );
    let endless = put(&router, "phone", json!({ "idle_lifetime": null, "absolute_lifetime": null })).await.json();
    assert_eq!((&endless["idle_lifetime"], &endless["absolute_lifetime"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn what_is_no_client_is_400() {
    let (app, router) = start().await;
    for (name, body) in [
        ("a%20b", json!({})),
        ("%F0%9F%93%B1", json!({})),
        ("%ff", json!({})),
        ("%00", json!({})),
        ("x".repeat(65).as_str(), json!({})),
        ("phone", json!({ "name": "tablet" })),
        ("phone", json!({ "name": null, "color": "red" })),
        ("phone", json!({ "rate": "often" })),
        ("phone", json!({ "rate": "" })),
        ("phone", json!({ "allowed_origins": ["app.example"] })),
        ("phone", json!({ "allowed_origins": "https://app.example" })),
        ("phone", json!({ "at_limit": "end_all" })),
        ("phone", json!({ "max_logins": 4_294_967_296_u64 })),
        ("phone", json!({ "idle_lifetime": -1 })),
        ("phone", json!({ "single_login": null })),
    ] {
        let answer = put(&router, name, body.clone()).await;
        assert_eq!(refusal(&answer), (400, "invalid".to_owned()), "{name} {body}");
    }
    assert!(app.backend().clients().await.unwrap().is_empty());
    for name in ["a%20b", "%ff", "%00", "unknown"] {
        for method in ["GET", "DELETE"] {
            let answer = call(&router, &Who::browser("boss"), method, &format!("/auth/clients/{name}/"), None).await;
            assert_eq!(refusal(&answer), (404, "not_found".to_owned()), "{method} {name}");
        }
    }
}

#[tokio::test]
async fn a_change_holds_for_the_next_login_and_a_deletion_ends_all() {
    let (app, router) = start().await;
    put(&router, "phone", json!({})).await;
    let first = log_in(&router, "ada", Some("phone")).await;
    put(&router, "phone", json!({ "max_logins": 1 })).await;
    assert!(is_good(&app, &first).await);
    let body = json!({ "client": "phone" });
    let refused = call(&router, &Who::browser("ada"), "POST", "/auth/obtain/", body.clone()).await;
    assert_eq!(refusal(&refused), (403, "login_limit".to_owned()));
    assert_eq!(call(&router, &Who::browser("boss"), "DELETE", "/auth/clients/phone/", None).await.status, 204);
    assert!(!is_good(&app, &first).await && is_good(&app, &Who::browser("ada")).await);
    let unknown = call(&router, &Who::browser("ada"), "POST", "/auth/obtain/", body).await;
    assert_eq!(refusal(&unknown), (400, "unknown_client".to_owned()));
}
