//! Passwords: one hash for everybody, upgrades, the cache, many at once.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use auth_runtime::login::check_attempt;
use auth_runtime::personal_token::PersonalTokenSettings;
use auth_runtime::scheme::{Basic, Session};
use auth_runtime::settings::{LoginFailures, PasswordSettings, SessionSettings};
use auth_runtime::store::{AccountStore, Keep, NewAccount, PasswordStore};
use auth_runtime::views::{login_pages, obtain_token};
use auth_runtime::{AllowAnonymous, AuthContext, Settings, Username, authenticate};
use auth_store::{Account, MemoryStore};
use axum::Router;
use axum::routing::get as on_get;
use tests::{App, app, app_with, get, request, request_with, send, settings};

use crate::support::basic;

#[authenticate(Basic, Session)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn router(app: &App) -> Router {
    Router::new()
        .route("/me", on_get(me))
        .route("/obtain", obtain_token::<App, AllowAnonymous>())
        .nest("/auth", login_pages())
        .with_state(app.clone())
}

fn cheap() -> PasswordSettings {
    PasswordSettings::default().with_memory_kib(8).with_iterations(1)
}

async fn status(router: &Router, username: &str, password: &str) -> u16 {
    get(router, "/me", &[("authorization", &basic(username, password))]).await.status.as_u16()
}

async fn hash_of(app: &App, username: &str) -> String {
    app.backend().find_by_username(&Username::parse(username).unwrap()).await.unwrap().unwrap().hash.unwrap()
}

/// What `check` says while others have all places at the threads that hash: `None` when it waits for one, that is, when it
/// hashes. For an application with one such place.
async fn without_a_free_place<T>(app: &App, check: impl Future<Output = T>) -> Option<T> {
    // The first has the place; to whom it goes next, nobody polls.
    let mut others: Vec<_> = (0..8).map(|_| Box::pin(app.passwords().hash("another"))).collect();
    for other in &mut others {
        drop(poll_once(other.as_mut()).await);
    }
    let mut check = Box::pin(check);
    if let Poll::Ready(answer) = poll_once(check.as_mut()).await {
        return Some(answer);
    }
    drop(others);
    check.await;
    None
}

async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

fn one_at_a_time() -> PasswordSettings {
    PasswordSettings::default().with_concurrency(1)
}

#[tokio::test]
async fn a_password_is_hashed_whatever_the_name_and_whatever_is_stored() {
    let app = app_with(settings().with_passwords(one_at_a_time())).await;
    let outdated = AuthContext::with_settings((), settings().with_passwords(cheap().with_iterations(2)));
    let outdated = outdated.passwords().hash("pw").await.unwrap();
    let begins_as_those_of_today = &hash_of(&app, "ada").await[..40];
    for (name, hash) in [
        ("outdated", outdated.as_str()),
        ("unusable", "!Rjoc7AbIaUSFCNIeT9pRSRJnVHlUwMWz4HNvsJuK"),
        ("foreign", "bcrypt$$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"),
        ("cut", begins_as_those_of_today),
    ] {
        app.backend().create_account(&NewAccount::new(name).with_password_hash(hash)).await.unwrap().unwrap();
    }
    app.backend().create_account(&NewAccount::new("gateway-only")).await.unwrap().unwrap();
    app.backend().set_active("boss", false).await.unwrap();
    for (username, password) in [
        ("ada", "pw"),
        ("ada", "wrong"),
        ("boss", "pw"),
        ("gateway-only", ""),
        ("unknown", "pw"),
        ("", ""),
        ("a\0", "pw"),
        ("outdated", "wrong"),
        ("unusable", "wrong"),
        ("foreign", "wrong"),
        ("cut", "wrong"),
    ] {
        let (request, _) = request("POST", "/", &[]).into_parts();
        let check = async { check_attempt(&app, &request, username, password).await.unwrap().is_some() };
        assert_eq!(without_a_free_place(&app, check).await, None, "{username:?} {password:?}");
    }
}

#[tokio::test]
async fn a_remembered_password_is_not_hashed_again() {
    let app = app_with(settings().with_passwords(one_at_a_time().with_cache_size(4))).await;
    let router = router(&app);
    let sent = async |username, password| without_a_free_place(&app, status(&router, username, password)).await;
    assert_eq!(sent("ada", "pw").await, None, "the first time it is");
    assert_eq!(sent("ada", "pw").await, Some(200));
    for _ in 0..2 {
        assert_eq!(sent("ada", "wrong").await, None, "a wrong one is never remembered");
        assert_eq!(sent("boss", "wrong").await, None);
    }
    assert_eq!(sent("boss", "pw").await, None, "the same password of another account is another");
    assert_eq!(sent("boss", "pw").await, Some(200));
    assert_eq!(sent("ada", "pw").await, Some(200));
    app.backend().set_active("ada", false).await.unwrap();
    assert_eq!(sent("ada", "pw").await, None, "it says nothing about the account");
    assert_eq!(status(&router, "ada", "pw").await, 401);
}

#[tokio::test]
async fn where_none_is_to_be_remembered_each_is_hashed() {
    let app = app_with(settings().with_passwords(one_at_a_time())).await;
    let router = router(&app);
    for _ in 0..2 {
        assert_eq!(without_a_free_place(&app, status(&router, "ada", "pw")).await, None);
    }
}

#[tokio::test]
async fn a_password_is_remembered_by_the_hash_that_took_the_place_of_an_outdated_one() {
    let outdated = AuthContext::with_settings((), settings().with_passwords(cheap().with_iterations(2)));
    let app = app_with(settings().with_passwords(one_at_a_time().with_cache_size(4))).await;
    let router = router(&app);
    let hash = outdated.passwords().hash("pw").await.unwrap();
    app.backend().set_password_hash("ada", Some(&hash), Keep::default()).await.unwrap();
    assert_eq!(status(&router, "ada", "pw").await, 200);
    assert_ne!(hash_of(&app, "ada").await, hash);
    assert_eq!(without_a_free_place(&app, status(&router, "ada", "pw")).await, Some(200));
}

#[tokio::test]
async fn a_remembered_password_is_forgotten_with_its_change() {
    let app = app_with(settings().with_passwords(cheap().with_cache_size(4))).await;
    let router = router(&app);
    for _ in 0..3 {
        assert_eq!(status(&router, "ada", "pw").await, 200);
    }
    let hash = app.passwords().hash("new").await.unwrap();
    app.backend().set_password_hash("ada", Some(&hash), Keep::default()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(status(&router, "ada", "pw").await, 401);
        assert_eq!(status(&router, "ada", "new").await, 200);
    }
    app.backend().set_password_hash("ada", None, Keep::default()).await.unwrap();
    assert_eq!(status(&router, "ada", "new").await, 401);
    assert_eq!(status(&router, "ada", "").await, 401);
    app.backend().delete_account("ada").await.unwrap();
    assert_eq!(status(&router, "ada", "new").await, 401);
}

#[tokio::test]
async fn an_outdated_hash_is_replaced_when_its_password_is_right() {
    let store = MemoryStore::new();
    let app_of = |passwords| {
        let settings: Settings = settings().with_passwords(passwords);
        AuthContext::with_settings(store.clone(), settings.with_session(SessionSettings::insecure_for_development()))
    };
    let old = app_of(cheap());
    let new = app_of(cheap().with_iterations(2));
    let hash = old.passwords().hash("pw").await.unwrap();
    store.create_account(&NewAccount::new("ada").with_password_hash(&hash)).await.unwrap().unwrap();

    let router = router(&new);
    assert_eq!(status(&router, "ada", "wrong").await, 401);
    assert_eq!(hash_of(&new, "ada").await, hash, "a wrong password replaces nothing");
    store.set_active("ada", false).await.unwrap();
    assert_eq!(status(&router, "ada", "pw").await, 401);
    assert_eq!(hash_of(&new, "ada").await, hash, "nor does an inactive account's");
    store.set_active("ada", true).await.unwrap();
    tests::give_login(&old, &tests::account(&old, "ada").await, "ada-login").await;

    let own = [("origin", "http://testserver"), ("content-type", "application/x-www-form-urlencoded")];
    let answer = send(&router, request_with("POST", "/auth/login/", &own, "username=ada&password=pw")).await;
    assert_eq!(answer.status, 303);
    let upgraded = hash_of(&new, "ada").await;
    assert!(upgraded.starts_with("$argon2id$v=19$m=8,t=2,p=1$"), "{upgraded}");
    assert_eq!(get(&router, "/me", &[("cookie", "sessionid=ada-login")]).await.body, "ada", "logins stay");
    assert_eq!(status(&router, "ada", "pw").await, 200);
    assert_eq!(hash_of(&new, "ada").await, upgraded, "once is enough");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_wait_for_each_other_and_all_are_answered() {
    let no_limit = LoginFailures::unlimited();
    for concurrency in [0, 1, 3] {
        let settings = settings().with_passwords(cheap().with_concurrency(concurrency));
        let app = app_with(settings.with_login_failures(no_limit.clone())).await;
        let router = router(&app);
        let tasks: Vec<_> = (0..50)
            .map(|n| {
                let router = router.clone();
                tokio::spawn(async move { status(&router, "ada", if n % 5 == 0 { "wrong" } else { "pw" }).await })
            })
            .collect();
        for given_up in tasks.iter().skip(1).step_by(2).take(10) {
            given_up.abort();
        }
        for (n, task) in tasks.into_iter().enumerate() {
            let wanted = if n % 5 == 0 { 401 } else { 200 };
            match task.await {
                Ok(status) => assert_eq!(status, wanted, "{n}"),
                Err(error) => assert!(error.is_cancelled(), "{error}"),
            }
        }
        assert_eq!(status(&router, "ada", "pw").await, 200, "who gives up leaves no place taken");
    }
}

#[tokio::test]
async fn a_password_is_its_bytes_whatever_they_are() {
    let app = app().await;
    let router = router(&app);
    let long = "ä".repeat(512);
    let composed = "caf\u{e9}";
    let decomposed = "cafe\u{301}";
    for password in ["пароль 密码 🔑", composed, " leading and trailing ", "a:b::", &long] {
        let hash = app.passwords().hash(password).await.unwrap();
        app.backend().set_password_hash("ada", Some(&hash), Keep::default()).await.unwrap();
        assert_eq!(status(&router, "ada", password).await, 200);
        let body = serde_json::json!({"username": "ada", "password": password}).to_string();
        let json = [("content-type", "application/json")];
        let answer = send(&router, request_with("POST", "/obtain", &json, &body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.json()["token"].as_str().unwrap().starts_with("auth_pat_"));
        for near in [password.trim_end_matches(['ä', ':', ' ']), &format!("{password}x"), &password.to_uppercase()] {
            if near != password {
                // Ten failures would close the name.
                app.settings().clock().advance(Duration::from_secs(600));
                assert_eq!(status(&router, "ada", near).await, 401, "{}", near.chars().take(20).collect::<String>());
            }
        }
    }
    let hash = app.passwords().hash(composed).await.unwrap();
    app.backend().set_password_hash("ada", Some(&hash), Keep::default()).await.unwrap();
    assert_eq!(status(&router, "ada", decomposed).await, 401, "letters are not normalised");
}

#[tokio::test]
async fn a_token_that_never_ends_may_have_the_longest_lifetime() {
    let app = app_with(settings().with_personal_tokens(
        PersonalTokenSettings::default().with_lifetime(Some(Duration::MAX)).with_max_lifetime(None),
    ))
    .await;
    let json = [("content-type", "application/json")];
    let body = r#"{"username": "ada", "password": "pw"}"#;
    let answer = send(&router(&app), request_with("POST", "/obtain", &json, body)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
