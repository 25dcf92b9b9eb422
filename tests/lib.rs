//! What the tests share: an application, and requests to it.

#![allow(clippy::missing_panics_doc)] // a test that panics says what it has to say

use auth_runtime::settings::{CsrfSettings, PasswordSettings, SessionSettings};
use auth_runtime::store::{AccountStore, LoginStore, NewAccount, NewCredential, NewLogin, NewToken, TokenStore};
use auth_runtime::{AuthContext, Clock, Digest, PublicOrigin, Settings, TokenFormat};
use auth_store::{Account, MemoryStore};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The state of the tests' routers.
pub type App = AuthContext<MemoryStore>;

/// A CSRF secret as a cookie has it.
pub const CSRF: &str = "abcdefghijklmnopqrstuvwxyzABCDEF";

/// Settings for tests: cheap hashes, plain HTTP, a clock that stands, tokens of any form such as `ada-token`.
pub fn settings() -> Settings {
    Settings::default()
        .with_clock(Clock::manual(std::time::Duration::from_secs(1_800_000_000)))
        .with_csrf(CsrfSettings::default())
        .with_passwords(PasswordSettings::default().with_memory_kib(8).with_iterations(1))
        .with_public_origin(PublicOrigin::host_header(false))
        .with_session(SessionSettings::insecure_for_development())
        .with_token_format(TokenFormat::default().with_foreign(true))
}

/// An application with an account `ada`, password `pw`, token `ada-token` and login cookie `ada-login`, and the same for
/// `boss`, who is staff.
pub async fn app() -> App {
    app_with(settings()).await
}

/// The same with these settings.
pub async fn app_with(settings: Settings) -> App {
    let app = AuthContext::with_settings(MemoryStore::new(), settings);
    for (name, staff) in [("ada", false), ("boss", true)] {
        let hash = app.passwords().hash("pw").await.expect("a hash");
        let account = NewAccount::new(name).with_password_hash(hash).staff(staff);
        let account = app.backend().create_account(&account).await.expect("a store").expect("a new name");
        give_token(&app, &account, &format!("{name}-token"), None).await;
        give_login(&app, &account, &format!("{name}-login")).await;
    }
    app
}

/// Gives an account a token.
pub async fn give_token(app: &App, account: &Account, token: &str, lifetime: Option<std::time::Duration>) {
    let created = app.settings().clock().now();
    let mut token = NewToken::new(Digest::of(token.as_bytes()), created);
    token.expires = lifetime.map(|lifetime| created + lifetime);
    app.backend().insert_token(account, token).await.expect("a store").kept().expect("a new token");
}

/// Gives an account a login with the client of the settings.
pub async fn give_login(app: &App, account: &Account, cookie: &str) {
    let settings = app.settings();
    let credential = NewCredential::Cookie { digest: Digest::of(cookie.as_bytes()), csrf_secret: None };
    let login = NewLogin::new(credential, settings.client().clone(), settings.clock().now());
    app.backend().insert_login(account, login).await.expect("a store").kept().expect("a new login");
}

/// An account that is there.
pub async fn account(app: &App, username: &str) -> Account {
    app.backend().account(username).await.expect("a store").expect("an account")
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as text.
    pub body: String,
}

impl Answer {
    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The `detail` of a refusal.
    pub fn detail(&self) -> String {
        self.json()["detail"].as_str().unwrap_or_default().to_owned()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
    }
}

/// Sends a request to a router.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("a router never fails");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body in memory").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

/// A request without a body.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    request_with(method, path, headers, "")
}

/// A request with a body.
pub fn request_with(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("host", "testserver");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).expect("a request")
}

/// `GET`.
pub async fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(router, request("GET", path, headers)).await
}

/// What `check` says when it panics, as it must.
pub fn panic_of(check: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).expect_err("a panic");
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).expect("a text")
}
