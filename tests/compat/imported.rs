//! Imported tokens that belong to no login, known by the digest that they came with.

use auth_endpoints::durin::Durin;
use auth_endpoints::knox::Knox;
use auth_runtime::Digest;
use auth_runtime::store::{CredentialStore, NewToken, TokenStore};
use axum::Router;
use axum::routing::get;
use tests::{Answer, App, account, app, give_login, request, send};

use super::app::{ByToken, me};

/// As knox makes them, with a prefix and without, and what it keeps of them.
const TOKENS: [&str; 2] = [
    "knox_5f0c2cd1a1f0ac1b7f3a8f3c0d5e6a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5",
    "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b9944b09199c62bcf9418ad84",
];
const KEPT: [&str; 2] = [
    "8288ba391996cc76a1b24963ccb50d7dabe74264cfff43c5e26b4b50d3a83086\
     14c8c0a16f52453e0f9222268052dc805e7d260b60b31f823bda18d7101f97cb",
    "f01b606801f585d1445eb1ce16a66d1600e152c0d5a3a036a9d78c15b7904fa4\
     eafc8ee54fc318120f122ffb87b64d6a45f90cd9f860bf7485a0d7a4548558ed",
];

async fn start() -> (App, Router) {
    let app = app().await;
    let created = app.settings().clock().now();
    for digest in KEPT {
        let token = NewToken::new(Digest::of_sha512_hex(digest).unwrap(), created);
        app.backend().insert_token(&account(&app, "ada").await, token).await.unwrap().kept().unwrap();
    }
    let knox = Knox::new().endpoints::<ByToken, ByToken>();
    let durin = Durin::new().with_api_access_client("default").endpoints::<ByToken>();
    let router = Router::new().nest("/knox", knox).nest("/durin", durin).route("/me/", get(me::<ByToken>));
    (app.clone(), router.with_state(app))
}

async fn call(router: &Router, method: &str, path: &str, token: &str) -> Answer {
    send(router, request(method, path, &[("authorization", &format!("Token {token}"))])).await
}

async fn is_good(router: &Router, token: &str) -> bool {
    call(router, "GET", "/me/", token).await.status == 200
}

#[tokio::test]
async fn an_imported_token_logs_out_as_any_other() {
    for kind in ["knox", "durin"] {
        let (_, router) = start().await;
        assert!(is_good(&router, TOKENS[0]).await && is_good(&router, TOKENS[1]).await);
        assert_eq!(call(&router, "POST", &format!("/{kind}/logout/"), TOKENS[0]).await.status, 204, "{kind}");
        assert!(!is_good(&router, TOKENS[0]).await && is_good(&router, TOKENS[1]).await, "{kind}");
        assert_eq!(call(&router, "POST", &format!("/{kind}/logout/"), TOKENS[0]).await.status, 401, "{kind}");
    }
}

#[tokio::test]
async fn an_imported_token_logs_out_everywhere() {
    for kind in ["knox", "durin"] {
        let (app, router) = start().await;
        give_login(&app, &account(&app, "ada").await, "another").await;
        assert_eq!(call(&router, "POST", &format!("/{kind}/logoutall/"), TOKENS[0]).await.status, 204, "{kind}");
        for token in [TOKENS[0], TOKENS[1], "ada-token"] {
            assert!(!is_good(&router, token).await, "{kind} {token}");
        }
        assert!(is_good(&router, "boss-token").await, "{kind}");
        assert!(app.backend().logins(&account(&app, "ada").await).await.unwrap().is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn an_imported_token_makes_no_other() {
    let (_, router) = start().await;
    for path in ["/knox/login/", "/durin/refresh/", "/durin/apiaccess/"] {
        assert_eq!(call(&router, "POST", path, TOKENS[0]).await.status, 403, "{path}");
    }
}
