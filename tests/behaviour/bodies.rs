//! Bodies: of every kind, and not looked at before the caller is known.

use std::fmt::Display;

use auth_runtime::authenticate;
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Form, Json, Request};
use axum::routing::post as on_post;
use http_body_util::BodyExt;
use tests::{App, app, request_with, send};

use crate::support::refusal;

#[authenticate(Token)]
#[permit(IsAuthenticated)]
async fn generic_body<T: serde::de::DeserializeOwned + Display + Send>(Json(value): Json<T>) -> String {
    value.to_string()
}

#[authenticate(Token)]
async fn json(#[user] me: Account, Json(value): Json<Vec<u8>>) -> Json<Vec<String>> {
    Json(value.into_iter().map(|value| format!("{} {value}", me.username)).collect())
}

#[derive(serde::Deserialize)]
struct Note {
    text: String,
}

#[authenticate(Token)]
async fn form(#[user] me: Account, Form(note): Form<Note>) -> String {
    format!("{} {}", me.username, note.text)
}

#[authenticate(Token)]
async fn bytes(#[user] me: Account, body: Bytes) -> String {
    format!("{} {}", me.username, body.len())
}

#[authenticate(Token)]
async fn text(body: String, #[user] me: Account) -> String {
    format!("{} {body}", me.username)
}

#[authenticate(Token)]
async fn whole(#[user] me: Account, request: Request) -> String {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    format!("{} {}", me.username, body.len())
}

#[authenticate(Token)]
async fn streamed(#[user] me: Account, body: Body) -> String {
    format!("{} {}", me.username, body.collect().await.unwrap().to_bytes().len())
}

#[authenticate(Token)]
async fn result_of_body(
    #[user] me: Account,
    body: Result<Json<u8>, axum::extract::rejection::JsonRejection>,
) -> String {
    format!("{} {}", me.username, body.is_ok())
}

fn router(app: App) -> Router {
    Router::new()
        .route("/generic-body", on_post(generic_body::<i64>))
        .route("/json", on_post(json))
        .route("/form", on_post(form))
        .route("/bytes", on_post(bytes))
        .route("/text", on_post(text))
        .route("/whole", on_post(whole))
        .route("/streamed", on_post(streamed))
        .route("/result-of-body", on_post(result_of_body))
        .with_state(app)
}

const TOKEN: (&str, &str) = ("authorization", "Token ada-token");

#[tokio::test]
async fn bodies_of_every_kind_reach_the_handler() {
    let router = router(app().await);
    let json = ("content-type", "application/json");
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (path, content_type, body, wanted) in [
        ("/json", json, "[1, 2]", "[\"ada 1\",\"ada 2\"]"),
        ("/form", form, "text=hi+there", "ada hi there"),
        ("/bytes", form, "four", "ada 4"),
        ("/text", form, "some text", "ada some text"),
        ("/whole", json, "12345", "ada 5"),
        ("/streamed", json, "123", "ada 3"),
        ("/result-of-body", json, "300", "ada false"),
        ("/result-of-body", json, "30", "ada true"),
        ("/generic-body", json, "-5", "-5"),
    ] {
        let answer = send(&router, request_with("POST", path, &[TOKEN, content_type], body)).await;
        assert_eq!(answer.body, wanted, "{path}");
        let answer = send(&router, request_with("POST", path, &[content_type], "{ not at all")).await;
        assert_eq!(refusal(&answer), (401, "not_authenticated".to_owned()), "{path}: the body is not looked at");
        let bad = ("authorization", "Token nonsense");
        let answer = send(&router, request_with("POST", path, &[bad, content_type], "{ not at all")).await;
        assert_eq!(refusal(&answer), (401, "authentication_failed".to_owned()), "{path}");
    }
    for path in ["/json", "/form", "/generic-body"] {
        let answer = send(&router, request_with("POST", path, &[TOKEN, json], "{ not at all")).await;
        assert_eq!(answer.status.as_u16() / 100, 4, "{path}: a bad body is the extractor's matter");
        assert_ne!(answer.status, 401, "{path}");
    }
}
