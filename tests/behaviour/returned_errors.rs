//! What a handler's own `AuthError` is answered with.

use std::time::Duration;

use auth_runtime::scheme::Token;
use auth_runtime::{AuthError, Challenge, ErrorFormat, Identity, Rejection, authenticate};
use auth_store::Account;
use axum::Router;
use axum::extract::Path;
use axum::http::Method;
use axum::routing::get as on_get;
use tests::{app_with, get, settings};

fn error(kind: &str) -> AuthError {
    match kind {
        "failed" => AuthError::authentication_failed("Wrong."),
        "anonymous" => AuthError::not_authenticated(),
        "challenge" => AuthError::not_authenticated().with_challenge(Challenge::new("Token")),
        "denied" => AuthError::permission_denied().with_detail("Not \"yours\".").with_code("not_owner"),
        "method" => AuthError::method_not_allowed(&Method::GET, "POST"),
        "throttled" => AuthError::throttled(Some(Duration::from_secs(5))),
        "internal" => AuthError::internal("a secret cause"),
        "unavailable" => AuthError::unavailable("a secret cause"),
        _ => AuthError::not_found(),
    }
}

#[authenticate(Token)]
async fn returned(#[user] _me: Account, Path(kind): Path<String>) -> Result<(), AuthError> {
    Err(error(&kind))
}

#[authenticate(Token)]
async fn rejected(#[user] who: Identity<Account>, Path(kind): Path<String>) -> Result<(), Rejection> {
    Err(who.reject(error(&kind)))
}

#[tokio::test]
async fn an_error_that_is_returned_has_its_status_and_words_without_chain_and_settings() {
    let app = app_with(settings().with_error_format(ErrorFormat::Problem)).await;
    let router = Router::new()
        .route("/returned/{kind}", on_get(returned))
        .route("/rejected/{kind}", on_get(rejected))
        .with_state(app);
    let ada = [("authorization", "Token ada-token")];
    for (kind, status, code, detail) in [
        ("failed", 403, "authentication_failed", "Wrong."),
        ("anonymous", 403, "not_authenticated", "Authentication credentials were not provided."),
        ("challenge", 403, "not_authenticated", "Authentication credentials were not provided."),
        ("denied", 403, "not_owner", "Not \"yours\"."),
        ("missing", 404, "not_found", "Not found."),
        ("method", 405, "method_not_allowed", "Method \"GET\" not allowed."),
        ("throttled", 429, "throttled", "Request was throttled. Expected available in 5 seconds."),
        ("internal", 500, "error", "A server error occurred."),
        ("unavailable", 503, "unavailable", "Authentication is temporarily unavailable."),
    ] {
        let answer = get(&router, &format!("/returned/{kind}"), &ada).await;
        assert_eq!(answer.status, status, "{kind}");
        assert_eq!(answer.json(), serde_json::json!({ "detail": detail, "code": code }), "{kind}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{kind}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{kind}");
        assert_eq!(answer.header("www-authenticate"), None, "{kind}: a 403 asks for nothing");
    }
    assert_eq!(get(&router, "/returned/throttled", &ada).await.header("retry-after"), Some("5"));
    assert_eq!(get(&router, "/returned/method", &ada).await.header("allow"), Some("POST"));
    let rejected = get(&router, "/rejected/anonymous", &ada).await;
    assert_eq!((rejected.status.as_u16(), rejected.header("www-authenticate")), (401, Some("Token")));
    assert_eq!(rejected.header("content-type"), Some("application/problem+json"));
}
