//! The endpoints of `auth-endpoints` under paths of their own.

mod bodies;
mod clients;
mod events;
mod login;
mod logins;
mod properties;
mod renew;
mod routes;
mod sqlite;
mod tokens;

use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::{AuthContext, Policy, authenticate};
use auth_store::{Account, Store};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use serde_json::Value;
use tests::{Answer, App, app, request, request_with, send};

use crate::support::basic;

#[derive(Policy)]
#[policy(chain(Token, Session, Basic), permit(IsAuthenticated))]
struct Api;

#[authenticate(Token, Session)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn router<S: Store>(app: &AuthContext<S>) -> Router {
    Router::new()
        .nest("/auth", auth_endpoints::endpoints::<AuthContext<S>, Api>())
        .nest("/auth", auth_endpoints::clients::<AuthContext<S>, Api>())
        .with_state(app.clone())
}

/// The accounts of [`app`], and the endpoints.
async fn start() -> (App, Router) {
    let app = app().await;
    let router = router(&app);
    (app, router)
}

/// By what somebody calls.
#[derive(Debug, Clone)]
enum Who {
    NoUser,
    /// An access token or a personal one.
    Token(String),
    /// A browser, on a page of the application's own.
    Cookie(String),
    /// A name whose password is `pw`.
    Basic(&'static str),
}

impl Who {
    /// `ada` or `boss` by the personal token of [`app`].
    fn personal(name: &str) -> Self {
        Self::Token(format!("{name}-token"))
    }

    /// `ada` or `boss` by the cookie of [`app`].
    fn browser(name: &str) -> Self {
        Self::Cookie(format!("{name}-login"))
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoUser => Vec::new(),
            Self::Token(token) => vec![("authorization", format!("Token {token}"))],
            Self::Cookie(cookie) => {
                vec![("cookie", format!("sessionid={cookie}")), ("origin", "http://testserver".to_owned())]
            }
            Self::Basic(name) => vec![("authorization", basic(name, "pw"))],
        }
    }
}

fn built(who: &Who, method: &str, path: &str, body: Option<&Value>) -> Request<Body> {
    let mut headers = who.headers();
    if body.is_some() {
        headers.push(("content-type", "application/json".to_owned()));
    }
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match body {
        None => request(method, path, &headers),
        Some(body) => request_with(method, path, &headers, &body.to_string()),
    }
}

/// Sends a request to an endpoint. No cache keeps any answer.
async fn sent(router: &Router, request: Request<Body>) -> Answer {
    let what = format!("{} {}", request.method(), request.uri());
    let answer = send(router, request).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}: {answer:?}");
    answer
}

/// Sends a request without a body, or with one of JSON.
async fn call(router: &Router, who: &Who, method: &str, path: &str, body: impl Into<Option<Value>>) -> Answer {
    sent(router, built(who, method, path, body.into().as_ref())).await
}

/// Logs in and gives the access token.
async fn log_in(router: &Router, username: &str, client: Option<&str>) -> Who {
    Who::Token(logged_in(router, username, client).await["token"].as_str().unwrap().to_owned())
}

/// Logs in and gives the answer.
async fn logged_in(router: &Router, username: &str, client: Option<&str>) -> Value {
    let body = serde_json::json!({ "username": username, "password": "pw", "client": client });
    let answer = call(router, &Who::NoUser, "POST", "/auth/login/", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// Whether a token or a cookie still belongs to somebody.
async fn is_good<S: Store>(app: &AuthContext<S>, who: &Who) -> bool {
    let router = Router::new().route("/me", get(me)).with_state(app.clone());
    let answer = send(&router, built(who, "GET", "/me", None)).await;
    assert!([200, 401].contains(&answer.status.as_u16()), "{answer:?}");
    answer.status == 200
}

/// The text of a field.
fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

/// The names of an object's fields, by the alphabet.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The ids in a list of the caller's.
async fn ids(router: &Router, who: &Who, path: &str) -> Vec<String> {
    let answer = call(router, who, "GET", path, None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json().as_array().unwrap().iter().map(|entry| text(entry, "id")).collect()
}

/// Another account's id in a path, and names that no id is.
const NO_IDS: [&str; 9] = ["0", "-1", "1000000", "99999999999999999999", "01", "x", "%20", "%ff", "%2e%2e"];
