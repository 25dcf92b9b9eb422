//! The same over SQLite: one way through all of it.

use std::time::Duration;

use auth_runtime::AuthContext;
use auth_runtime::store::{AccountStore, NewAccount};
use auth_store::SqliteStore;
use axum::Router;
use serde_json::{Value, json};
use tests::settings;

use super::{NO_IDS, Who, call, ids, is_good, log_in, router, text};
use crate::support::refusal;

async fn start() -> (AuthContext<SqliteStore>, Router) {
    let app = AuthContext::with_settings(SqliteStore::in_memory().await.unwrap(), settings());
    for (name, staff) in [("ada", false), ("boss", true)] {
        let hash = app.passwords().hash("pw").await.unwrap();
        let account = NewAccount::new(name).with_password_hash(hash).staff(staff);
        app.backend().create_account(&account).await.unwrap().unwrap();
    }
    let router = router(&app);
    (app, router)
}

#[tokio::test]
async fn logins_and_tokens_are_kept_in_a_database() {
    let (app, router) = start().await;
    let boss = log_in(&router, "boss", None).await;
    let rules = json!({ "access_lifetime": 600, "absolute_lifetime": 1500, "max_logins": 2 });
    assert_eq!(call(&router, &boss, "PUT", "/auth/clients/phone/", rules).await.status, 201);

    let first = log_in(&router, "ada", Some("phone")).await;
    let second = log_in(&router, "ada", Some("phone")).await;
    let body = json!({ "username": "ada", "password": "pw", "client": "phone" });
    assert_eq!(refusal(&call(&router, &Who::NoUser, "POST", "/auth/login/", body).await).1, "login_limit");

    app.settings().clock().advance(Duration::from_secs(300));
    let renewed = call(&router, &first, "POST", "/auth/renew/", None).await.json();
    assert_eq!(renewed["expires"], "2027-01-15T08:15:00.000Z");
    let third = Who::Token(text(&renewed, "token"));
    assert!(!is_good(&app, &first).await && is_good(&app, &third).await);

    let [second_id, third_id] = ids(&router, &third, "/auth/logins/").await.try_into().unwrap();
    assert_eq!(third_id, text(&renewed["login"], "id"));
    let renamed = call(&router, &third, "PATCH", &format!("/auth/logins/{third_id}/"), json!({ "name": "mine" })).await;
    assert_eq!(renamed.status, 200);
    let list = call(&router, &third, "GET", "/auth/logins/", None).await.json();
    assert_eq!((text(&list[1], "name"), &list[1]["is_current"]), ("mine".to_owned(), &json!(true)));
    for id in NO_IDS.into_iter().chain([ids(&router, &boss, "/auth/logins/").await[0].as_str()]) {
        let answer = call(&router, &third, "DELETE", &format!("/auth/logins/{id}/"), None).await;
        assert_eq!(answer.status, 404, "{id}");
    }
    assert_eq!(call(&router, &third, "DELETE", &format!("/auth/logins/{second_id}/"), None).await.status, 204);
    assert!(!is_good(&app, &second).await && is_good(&app, &boss).await);

    assert_eq!(call(&router, &third, "POST", "/auth/logout/all/", json!({ "except_current": true })).await.status, 204);
    assert!(is_good(&app, &third).await);
    assert_eq!(call(&router, &third, "POST", "/auth/logout/", None).await.status, 204);
    assert!(!is_good(&app, &third).await);
}

#[tokio::test]
async fn personal_tokens_are_kept_in_a_database() {
    let (app, router) = start().await;
    let ada = log_in(&router, "ada", None).await;
    let mut made = Vec::new();
    for expires in [Value::Null, json!(60), json!(366 * 86_400)] {
        let body = json!({ "name": "backup", "expires_in": expires });
        let answer = call(&router, &ada, "POST", "/auth/tokens/", body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        made.push(answer.json());
    }
    app.settings().clock().advance(Duration::from_secs(60));
    let mut left: Vec<String> = [&made[2], &made[0]].map(|made| text(made, "id")).to_vec();
    assert_eq!(ids(&router, &ada, "/auth/tokens/").await, left);
    let list = call(&router, &ada, "GET", "/auth/tokens/", None).await.json();
    assert_eq!(list[0]["expires"], "2028-01-16T08:00:00.000Z");
    let own = Who::Token(text(&made[0], "token"));
    let id = left.pop().unwrap();
    assert_eq!(call(&router, &own, "DELETE", &format!("/auth/tokens/{id}/"), None).await.status, 204);
    assert!(!is_good(&app, &own).await);
    assert_eq!(ids(&router, &ada, "/auth/tokens/").await, left);
}

#[tokio::test]
async fn rules_of_any_size_are_kept() {
    let (_, router) = start().await;
    let boss = log_in(&router, "boss", None).await;
    let rules = json!({
        "idle_lifetime": u64::MAX, "absolute_lifetime": u64::MAX, "access_lifetime": u64::MAX, "max_logins": u32::MAX,
        "rate": "4294967295/99999day", "allowed_origins": ["https://*.example.net:8443"],
    });
    assert_eq!(call(&router, &boss, "PUT", "/auth/clients/phone/", rules).await.status, 201);
    let shown = call(&router, &boss, "GET", "/auth/clients/phone/", None).await;
    assert_eq!(shown.json()["rate"], "4294967295/99999day");
    assert_eq!(call(&router, &boss, "PUT", "/auth/clients/phone/", shown.json()).await.status, 200);
    log_in(&router, "ada", Some("phone")).await;
    assert_eq!(call(&router, &boss, "DELETE", "/auth/clients/phone/", None).await.status, 204);
}
