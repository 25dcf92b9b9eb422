//! What goes wrong elsewhere where many call at once, or with what is kept: not here.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use auth_endpoints::durin::Durin;
use auth_endpoints::knox::Knox;
use auth_runtime::store::{
    AccessToken, AccountStore, AtLimit, Backend, Client, ClientStore, InsertOutcome, NewAccount, NewToken, StoreResult,
    TokenRecord, TokenStore,
};
use auth_runtime::{AuthContext, Digest, PresentedToken};
use auth_store::{Account, MemoryStore, SqliteStore, Store};
use axum::Router;
use axum::routing::get as on_get;
use serde_json::json;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tests::{Answer, app, get, request, request_with, send, settings};
use tokio::task::JoinSet;

use super::app::{ByPassword, ByToken, me};
use crate::support::basic;

fn knox<S: Store>(app: &AuthContext<S>) -> Router {
    Router::new()
        .nest("/auth", Knox::new().endpoints::<ByPassword, ByToken>())
        .route("/me/", on_get(me::<ByToken>))
        .with_state(app.clone())
}

fn durin<S: Store>(app: &AuthContext<S>) -> Router {
    Router::new()
        .nest("/auth", Durin::new().endpoints::<ByToken>())
        .route("/me/", on_get(me::<ByToken>))
        .with_state(app.clone())
}

async fn knox_log_in(router: &Router) -> Answer {
    send(router, request("POST", "/auth/login/", &[("authorization", &basic("ada", "pw"))])).await
}

async fn durin_log_in(router: &Router) -> Answer {
    let body = json!({ "username": "ada", "password": "pw", "client": "default" }).to_string();
    send(router, request_with("POST", "/auth/login/", &[("content-type", "application/json")], &body)).await
}

fn token_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["token"].as_str().unwrap().to_owned()
}

async fn call(router: &Router, method: &str, path: &str, token: &str) -> Answer {
    send(router, request(method, path, &[("authorization", &format!("Token {token}"))])).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_log_ins_at_once_no_more_are_let_in_than_the_limit() {
    let app = app().await;
    let client = Client::new("knox").unwrap().with_max_logins(Some(3)).with_at_limit(AtLimit::Refuse);
    app.backend().put_client(&client).await.unwrap();
    let router = knox(&app);
    let mut log_ins = JoinSet::new();
    for _ in 0..20 {
        let router = router.clone();
        log_ins.spawn(async move { knox_log_in(&router).await });
    }
    let answers = log_ins.join_all().await;
    let (let_in, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(let_in.len(), 3);
    for answer in refused {
        let error = json!({ "error": "Maximum amount of tokens allowed per user exceeded." });
        assert_eq!((answer.status.as_u16(), answer.json()), (403, error));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_that_is_refreshed_and_logged_out_at_once_is_gone_without_a_fault() {
    let app = app().await;
    let router = durin(&app);
    for _ in 0..20 {
        let token = token_of(&durin_log_in(&router).await);
        let mut calls = JoinSet::new();
        for path in ["/auth/refresh/", "/auth/logout/", "/auth/refresh/", "/auth/logoutall/", "/auth/refresh/"] {
            let (router, token) = (router.clone(), token.clone());
            calls.spawn(async move { call(&router, "POST", path, &token).await });
        }
        for answer in calls.join_all().await {
            assert!([200, 204, 401].contains(&answer.status.as_u16()), "{answer:?}");
        }
        assert_eq!(call(&router, "GET", "/me/", &token).await.status, 401);
    }
}

#[tokio::test]
async fn a_refreshed_token_lasts_until_the_expiry_that_is_told() {
    let app = app().await;
    let lifetime = Duration::from_secs(3600);
    let rules = Client::default().with_access_lifetime(Some(lifetime)).with_idle_lifetime(Some(lifetime));
    app.backend().put_client(&rules).await.unwrap();
    let router = durin(&app);
    let token = token_of(&durin_log_in(&router).await);
    app.settings().clock().advance(Duration::from_secs(50));
    let answer = call(&router, "POST", "/auth/refresh/", &token).await;
    assert_eq!(answer.json(), json!({ "expiry": "2027-01-15T09:00:50Z" }));
    let sessions = call(&router, "GET", "/auth/sessions/", &token).await.json();
    assert_eq!(sessions.as_array().unwrap().last().unwrap()["expiry"], "2027-01-15T09:00:50Z");
    app.settings().clock().advance(Duration::from_millis(3_599_999));
    assert_eq!(call(&router, "GET", "/me/", &token).await.status, 200);
    app.settings().clock().advance(Duration::from_millis(1));
    assert_eq!(call(&router, "GET", "/me/", &token).await.status, 401);
}

/// A database that is deleted afterwards.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let file = Self(std::env::temp_dir().join(format!("auth-compat-{}-{name}.sqlite", std::process::id())));
        file.delete();
        file
    }

    fn parts(&self) -> Vec<PathBuf> {
        ["", "-wal", "-shm"].map(|end| PathBuf::from(format!("{}{end}", self.0.display()))).to_vec()
    }

    fn delete(&self) {
        for part in self.parts() {
            std::fs::remove_file(part).ok();
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.delete();
    }
}

async fn in_file(file: &File) -> AuthContext<SqliteStore> {
    let app = AuthContext::with_settings(SqliteStore::open(&file.0).await.unwrap(), settings());
    let hash = app.passwords().hash("pw").await.unwrap();
    app.backend().create_account(&NewAccount::new("ada").with_password_hash(hash)).await.unwrap().unwrap();
    app
}

#[tokio::test]
async fn no_part_of_a_token_is_kept() {
    let file = File::new("clear");
    let app = in_file(&file).await;
    let mut tokens = vec![token_of(&knox_log_in(&knox(&app)).await), token_of(&durin_log_in(&durin(&app)).await)];
    let durin = Durin::new().with_api_access_client("default").endpoints::<ByToken>().with_state(app.clone());
    let api = call(&durin, "POST", "/apiaccess/", &tokens[1]).await;
    tokens.push(api.json()["token"].as_str().unwrap().to_owned());
    let kept: Vec<u8> = file.parts().into_iter().flat_map(|part| std::fs::read(part).unwrap_or_default()).collect();
    let is_kept = |text: &[u8]| kept.windows(text.len()).any(|window| window == text);
    assert!(is_kept(b"ada"), "the file is where one looks");
    for token in tokens {
        let random = token.rsplit('_').next().unwrap().as_bytes();
        for piece in random.windows(8) {
            assert!(!is_kept(piece), "{}", String::from_utf8_lossy(piece));
        }
    }
}

#[tokio::test]
async fn a_request_with_a_token_writes_nothing() {
    let file = File::new("reads");
    let app = in_file(&file).await;
    let router = knox(&app);
    let tokens = [token_of(&knox_log_in(&router).await), token_of(&knox_log_in(&router).await)];
    let options = SqliteConnectOptions::new().filename(&file.0);
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    let mut version = async || sqlx::query_scalar::<_, i64>("PRAGMA data_version").fetch_one(&mut other).await.unwrap();
    let before = version().await;
    for token in tokens.iter().cycle().take(20) {
        assert_eq!(call(&router, "GET", "/me/", token).await.status, 200);
    }
    // Nor does one with a token that has ended, which sweeps nothing.
    app.settings().clock().advance(Duration::from_secs(100 * 86_400));
    assert_eq!(call(&router, "GET", "/me/", &tokens[0]).await.status, 401);
    assert_eq!(version().await, before);
    knox_log_in(&router).await;
    assert_ne!(version().await, before, "a log-in does");
}

/// A store that counts what it is asked.
#[derive(Clone, Default)]
struct Counting {
    store: MemoryStore,
    asked: Arc<AtomicU64>,
}

impl Backend for Counting {
    type User = Account;
}

impl TokenStore for Counting {
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Account>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.store.find_token(token).await
    }

    async fn insert_token(&self, user: &Account, token: NewToken) -> StoreResult<InsertOutcome<AccessToken>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.store.insert_token(user, token).await
    }
}

#[tokio::test]
async fn a_request_with_a_token_asks_once() {
    let backend = Counting::default();
    let account = backend.store.create_account(&NewAccount::new("ada")).await.unwrap().unwrap();
    let app = AuthContext::with_settings(backend.clone(), settings());
    let now = app.settings().clock().now();
    for name in ["one", "two", "three"] {
        let token = NewToken::new(Digest::of(name.as_bytes()), now);
        backend.store.insert_token(&account, token).await.unwrap().kept().unwrap();
    }
    let router = Router::new().route("/me/", on_get(me::<ByToken>)).with_state(app);
    for (token, status) in [("one", 200), ("two", 200), ("unknown", 401)] {
        let before = backend.asked.load(Ordering::SeqCst);
        let answer = get(&router, "/me/", &[("authorization", &format!("Token {token}"))]).await;
        assert_eq!((answer.status.as_u16(), answer.json()["username"] == json!("ada")), (status, status == 200));
        assert_eq!(backend.asked.load(Ordering::SeqCst) - before, 1, "{token}");
    }
}
