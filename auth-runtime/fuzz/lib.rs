//! What the fuzz targets share: one application, and requests to it.
//!
//! `cargo +nightly fuzz run authorization fuzz/corpus/authorization fuzz/seeds/authorization` in the folder above. A target fails on a panic, on an answer that is none
//! of the expected ones, and on a caller who comes in without the right credentials.

use std::sync::LazyLock;

use auth_runtime::scheme::{Basic, RemoteUser, Session, Token};
use auth_runtime::settings::{LoginFailures, PasswordSettings, SessionSettings};
use auth_runtime::views::login_pages;
use auth_runtime::{
    AuthContext, Authenticator, Clock, CsrfToken, Digest, PublicOrigin, Settings, TokenFormat, authenticate,
};
use auth_runtime::store::{AccountStore, LoginStore, NewAccount, NewCredential, NewLogin, NewToken, StoreError, TokenStore};
use auth_store::{Account, MemoryStore};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::routing::{any, get};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

type App = AuthContext<MemoryStore>;

/// A scheme that reads the query string and knows one key.
#[derive(Authenticator)]
#[authenticator(query = "key", verify = find_key, state = App)]
struct Key;

async fn find_key(key: &str, app: &App) -> Result<Option<Account>, StoreError> {
    if key == "ada key" { app.backend().account("ada").await } else { Ok(None) }
}

#[authenticate(Basic, Token, Token(keyword = "Bearer"), Session, RemoteUser(header = "X-Remote-User"), Key, state = App)]
async fn protected(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Session)]
async fn by_session(#[user] me: Account) -> String {
    me.username
}

async fn page(token: CsrfToken) -> (CsrfToken, &'static str) {
    (token, "page")
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().build().unwrap());

static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let settings = Settings::default()
        .with_clock(Clock::manual(std::time::Duration::from_secs(1_800_000_000)))
        .with_login_failures(LoginFailures::unlimited())
        .with_passwords(PasswordSettings::default().with_memory_kib(8).with_iterations(1))
        .with_public_origin(PublicOrigin::host_header(false))
        .with_session(SessionSettings::insecure_for_development())
        .with_token_format(TokenFormat::default().with_foreign(true));
    let app = AuthContext::with_settings(MemoryStore::new(), settings);
    let created = app.settings().clock().now();
    RUNTIME.block_on(async {
        let hash = app.passwords().hash("pw").await.unwrap();
        let ada = NewAccount::new("ada").with_password_hash(hash);
        let ada = app.backend().create_account(&ada).await.unwrap().unwrap();
        let token = NewToken::new(Digest::of(b"ada-token"), created);
        app.backend().insert_token(&ada, token).await.unwrap().kept().unwrap();
        let credential = NewCredential::Cookie { digest: Digest::of(b"ada-login"), csrf_secret: None };
        let login = NewLogin::new(credential, app.settings().client().clone(), created);
        app.backend().insert_login(&ada, login).await.unwrap().kept().unwrap();
    });
    Router::new()
        .route("/", any(protected))
        .route("/session", any(by_session))
        .route("/page", get(page))
        .nest("/auth", login_pages())
        .with_state(app)
});

/// The status of a request with these headers; those that HTTP does not allow are left out. `None` when the path is none.
pub fn status(method: &str, path: &str, headers: &[(&str, &[u8])]) -> Option<StatusCode> {
    let mut request = Request::builder().method(method).uri(path).body(Body::empty()).ok()?;
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value)) {
            request.headers_mut().append(name, value);
        }
    }
    let response = RUNTIME.block_on(ROUTER.clone().oneshot(request));
    Some(response.unwrap_or_else(|never| match never {}).status())
}
