//! Logging in and out, and how long a login is good for.

use std::time::Duration;

use auth_runtime::http::request::Parts;
use auth_runtime::login::{LoginCookies, log_in};
use auth_runtime::scheme::Session;
use auth_runtime::settings::SessionSettings;
use auth_runtime::store::{AccountStore, Client, Keep, LoginStore};
use auth_runtime::views::login_pages;
use auth_runtime::{AuthContext, Digest, authenticate};
use auth_store::Account;
use axum::Router;
use axum::extract::State;
use axum::routing::{get as on_get, post as on_post};
use tests::{Answer, App, account, app, app_with, get, give_login, request_with, send, settings};

use crate::support::{cookie_set, refusal};

#[authenticate(Session)]
async fn me(#[user] me: Account) -> String {
    me.username
}

/// An own login page that trusts everybody.
async fn log_in_as_boss(State(app): State<App>, request: Parts) -> (LoginCookies, &'static str) {
    let (login, cookies) = log_in(&app, &request, &account(&app, "boss").await).await.unwrap();
    assert_eq!(login.created, app.settings().clock().now());
    (cookies, "welcome")
}

fn router(app: &App) -> Router {
    Router::new()
        .route("/me", on_get(me).post(me))
        .route("/own-login", on_post(log_in_as_boss))
        .nest("/auth", login_pages())
        .with_state(app.clone())
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OWN: (&str, &str) = ("origin", "http://testserver");
const ADA: (&str, &str) = ("cookie", "sessionid=ada-login");

async fn log_in_by_page(router: &Router, cookie: Option<&str>, body: &str) -> Answer {
    let mut headers = vec![FORM, OWN];
    headers.extend(cookie.map(|cookie| ("cookie", cookie)));
    send(router, request_with("POST", "/auth/login/", &headers, body)).await
}

async fn who(router: &Router, cookie: &str) -> String {
    let answer = get(router, "/me", &[("cookie", &format!("sessionid={cookie}"))]).await;
    if answer.status == 200 { answer.body } else { refusal(&answer).1 }
}

#[tokio::test]
async fn a_log_in_gives_a_new_cookie_and_ends_the_login_it_came_with() {
    let app = app().await;
    let router = router(&app);
    let answer = log_in_by_page(&router, Some("sessionid=ada-login"), "username=boss&password=pw").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, Some("/")));
    let cookie = cookie_set(&answer, "sessionid").unwrap();
    assert_eq!(cookie.len(), 64);
    assert_eq!(who(&router, &cookie).await, "boss");
    assert_eq!(who(&router, "ada-login").await, "not_authenticated");
    assert_eq!(who(&router, "boss-login").await, "boss", "the account's other logins stay");
}

#[tokio::test]
async fn a_planted_cookie_is_never_taken_over() {
    let app = app().await;
    let router = router(&app);
    let answer = log_in_by_page(&router, Some("sessionid=planted"), "username=ada&password=pw").await;
    let cookie = cookie_set(&answer, "sessionid").unwrap();
    assert_ne!(cookie, "planted");
    assert_eq!(who(&router, "planted").await, "not_authenticated");
    assert_eq!(who(&router, &cookie).await, "ada");
    let second = log_in_by_page(&router, None, "username=ada&password=pw").await;
    assert_ne!(cookie_set(&second, "sessionid").unwrap(), cookie);
    assert_eq!(who(&router, &cookie).await, "ada", "a second browser does not end the first one's login");
}

#[tokio::test]
async fn an_own_login_handler_has_the_same_guarantees() {
    let app = app().await;
    let router = router(&app);
    let answer = send(&router, request_with("POST", "/own-login", &[ADA], "")).await;
    assert_eq!((answer.body.as_str(), answer.header("cache-control")), ("welcome", Some("no-store")));
    assert_eq!(who(&router, &cookie_set(&answer, "sessionid").unwrap()).await, "boss");
    assert_eq!(who(&router, "ada-login").await, "not_authenticated");
}

#[tokio::test]
async fn a_failed_log_in_changes_nothing() {
    let app = app().await;
    let router = router(&app);
    app.backend().set_active("boss", false).await.unwrap();
    for body in [
        "username=ada&password=wrong",
        "username=ADA&password=pw",
        "username=nobody&password=pw",
        "username=boss&password=pw",
        "username=ada",
        "password=pw",
        "username=ada&username=ada&password=pw",
        "",
    ] {
        let answer = log_in_by_page(&router, Some("sessionid=ada-login"), body).await;
        assert_eq!(answer.status, 200, "{body}");
        assert!(answer.body.contains("role=\"alert\""), "{body}");
        assert_eq!(cookie_set(&answer, "sessionid"), None, "{body}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{body}");
    }
    assert_eq!(who(&router, "ada-login").await, "ada");
}

#[tokio::test]
async fn where_the_browser_goes_next_is_a_path_of_this_host() {
    let router = router(&app().await);
    for (next, location) in [
        ("%2Fnotes%3Fa%3Db", "/notes?a=b"),
        ("%2Fgr%C3%B6%C3%9Fe+1%3Fq%3D%22", "/gr%C3%B6%C3%9Fe%201?q=%22"),
        ("%2Fa%2520b", "/a%20b"),
        ("%2F%2Fevil.example", "/"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2F%5Cevil.example", "/"),
        ("%2F%09%2Fevil.example", "/"),
        ("%2Fa%0D%0ASet-Cookie%3A+x%3Dy", "/"),
        ("javascript%3Aalert(1)", "/"),
        ("", "/"),
    ] {
        let answer = log_in_by_page(&router, None, &format!("username=ada&password=pw&next={next}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, Some(location)), "{next}");
    }
    let answer = get(&router, "/auth/login/?next=%22%3E%3Cscript%3E", &[]).await;
    assert!(answer.body.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{answer:?}");
}

#[tokio::test]
async fn a_login_ends_when_it_is_not_used() {
    for (pause, wanted) in [(14 * 86_400_000 - 1, "ada"), (14 * 86_400_000, "not_authenticated")] {
        let app = app().await;
        app.settings().clock().advance(Duration::from_millis(pause));
        assert_eq!(who(&router(&app), "ada-login").await, wanted, "{pause}");
    }
}

#[tokio::test]
async fn a_login_ends_at_last_however_much_it_is_used() {
    let app = app().await;
    let router = router(&app);
    let day = Duration::from_secs(86_400);
    for _ in 0..8 {
        app.settings().clock().advance(10 * day);
        assert_eq!(who(&router, "ada-login").await, "ada");
    }
    app.settings().clock().advance(Duration::from_millis(10 * 86_400_000 - 1));
    assert_eq!(who(&router, "ada-login").await, "ada");
    app.settings().clock().advance(Duration::from_millis(1));
    assert_eq!(who(&router, "ada-login").await, "not_authenticated");
}

#[tokio::test]
async fn the_lifetimes_are_those_of_the_client_of_the_settings() {
    let client = Client::default()
        .with_idle_lifetime(Some(Duration::from_secs(600)))
        .with_absolute_lifetime(Some(Duration::from_secs(1000)));
    let app = app_with(settings().with_client(client)).await;
    let router = router(&app);
    let clock = app.settings().clock();
    clock.advance(Duration::from_secs(599));
    assert_eq!(who(&router, "ada-login").await, "ada");
    clock.advance(Duration::from_secs(400));
    assert_eq!(who(&router, "ada-login").await, "ada");
    clock.advance(Duration::from_secs(1));
    assert_eq!(who(&router, "ada-login").await, "not_authenticated");
    assert_eq!(who(&router, "boss-login").await, "not_authenticated");
}

/// When the store thinks that ada's login was last used, since its start.
async fn last_used(app: &App, start: Duration) -> Duration {
    let record = app.backend().find_login(&Digest::of(b"ada-login")).await.unwrap().unwrap();
    record.login.last_used.checked_sub(start).unwrap()
}

#[tokio::test]
async fn a_use_is_noted_at_most_once_a_minute() {
    let app = app().await;
    let router = router(&app);
    let clock = app.settings().clock();
    let start = clock.now();
    for (step, wanted) in [(60_000, 0), (1, 60_001), (59_999, 60_001), (2, 120_002)] {
        clock.advance(Duration::from_millis(step));
        assert_eq!(who(&router, "ada-login").await, "ada");
        app.flush_logins().await.unwrap();
        assert_eq!(last_used(&app, start).await, Duration::from_millis(wanted), "after {step}");
    }
    clock.advance(Duration::from_secs(3600));
    let answer = send(&router, request_with("POST", "/me", &[ADA], "")).await;
    assert_eq!(refusal(&answer), (403, "csrf_failed".to_owned()));
    app.flush_logins().await.unwrap();
    assert_eq!(last_used(&app, start).await, Duration::from_millis(120_002), "another site's request is no use");
}

#[tokio::test(start_paused = true)]
async fn uses_are_told_to_the_store_in_the_background_and_together() {
    let app = app().await;
    let router = router(&app);
    let start = app.settings().clock().now();
    let day = Duration::from_secs(86_400);
    app.settings().clock().advance(day);
    for cookie in ["ada-login", "boss-login"] {
        who(&router, cookie).await;
    }
    assert_eq!(last_used(&app, start).await, Duration::ZERO, "no request waits for it");
    // On the paused clock, which goes on by itself when there is nothing else to do.
    tokio::time::sleep(Duration::from_millis(1001)).await;
    assert_eq!(last_used(&app, start).await, day);
    app.flush_logins().await.unwrap();
    assert_eq!(last_used(&app, start).await, day, "there is nothing more to tell");
}

#[tokio::test]
async fn a_store_that_does_not_answer_when_it_is_told_of_a_use_is_told_again() {
    let app = app().await;
    let router = router(&app);
    let start = app.settings().clock().now();
    let day = Duration::from_secs(86_400);
    app.settings().clock().advance(13 * day);
    assert_eq!(who(&router, "ada-login").await, "ada");
    app.backend().set_down(true);
    assert!(app.flush_logins().await.is_err());
    app.backend().set_down(false);
    app.settings().clock().advance(day);
    assert_eq!(who(&router, "ada-login").await, "ada", "the use of yesterday counts");
    app.flush_logins().await.unwrap();
    assert_eq!(last_used(&app, start).await, 14 * day);
}

#[tokio::test]
async fn a_short_idle_timeout_counts_from_the_last_use() {
    for idle in [30, 60, 90] {
        let client = Client::default().with_idle_lifetime(Some(Duration::from_secs(idle)));
        let app = app_with(settings().with_client(client)).await;
        let router = router(&app);
        for second in 0..20 {
            assert_eq!(who(&router, "ada-login").await, "ada", "idle {idle}, use {second}");
            app.settings().clock().advance(Duration::from_secs(idle / 2));
        }
    }
}

#[tokio::test]
async fn an_idle_timeout_counts_after_a_clock_was_set_forward_and_back() {
    let idle = Duration::from_secs(1_200);
    let client = Client::default().with_idle_lifetime(Some(idle)).with_absolute_lifetime(None);
    let wrong = app_with(settings().with_client(client)).await;
    give_login(&wrong, &account(&wrong, "ada").await, "used").await;
    let right = AuthContext::with_settings(wrong.backend().clone(), settings());
    wrong.settings().clock().advance(Duration::from_secs(900));
    assert_eq!(who(&router(&wrong), "used").await, "ada", "while the clock was wrong");
    wrong.flush_logins().await.unwrap();

    assert_eq!(who(&router(&right), "used").await, "ada");
    right.flush_logins().await.unwrap();
    right.settings().clock().advance(idle);
    assert_eq!(who(&router(&right), "used").await, "not_authenticated", "as one that was not used meanwhile");
    assert_eq!(who(&router(&right), "ada-login").await, "not_authenticated");
}

#[tokio::test]
async fn a_log_out_ends_this_login_and_takes_the_cookies_away() {
    let app = app().await;
    give_login(&app, &account(&app, "ada").await, "other").await;
    let router = router(&app);
    let answer = send(&router, request_with("POST", "/auth/logout/", &[ADA, OWN], "")).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, Some("../login/")));
    assert_eq!(
        answer.all("set-cookie"),
        ["sessionid=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly", "csrftoken=; Path=/; Max-Age=0; SameSite=Lax"]
    );
    assert_eq!(who(&router, "ada-login").await, "not_authenticated");
    assert_eq!(who(&router, "other").await, "ada", "only this login ends");
    let again = send(&router, request_with("POST", "/auth/logout/", &[ADA, OWN], "")).await;
    assert_eq!(again.status, 303, "logging out twice is no error");
    assert_eq!(get(&router, "/auth/logout/", &[ADA]).await.status, 405, "a link cannot log out");
}

#[tokio::test]
async fn a_new_password_ends_the_logins_of_its_account_alone() {
    let app = app().await;
    let router = router(&app);
    let hash = app.passwords().hash("new").await.unwrap();
    assert!(app.backend().set_password_hash("ada", Some(&hash), Keep::default()).await.unwrap());
    assert_eq!(who(&router, "ada-login").await, "not_authenticated");
    assert_eq!(who(&router, "boss-login").await, "boss");
    let answer = log_in_by_page(&router, None, "username=ada&password=pw").await;
    assert_eq!(answer.status, 200, "the old password is no good");
    let answer = log_in_by_page(&router, None, "username=ada&password=new").await;
    assert_eq!(who(&router, &cookie_set(&answer, "sessionid").unwrap()).await, "ada");
}

#[tokio::test]
async fn the_login_page_sends_its_form_nowhere_else() {
    let router = router(&app().await);
    let page = get(&router, "/auth/login/", &[]).await;
    let refused = log_in_by_page(&router, None, "username=ada&password=wrong").await;
    for answer in [page, refused] {
        assert_eq!(answer.status, 200);
        let policy = answer.header("content-security-policy").unwrap();
        for rule in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.split("; ").any(|stated| stated == rule), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn cookies_are_as_strict_as_browsers_allow() {
    let secure = app_with(settings().with_session(SessionSettings::default())).await;
    let insecure = app().await;
    for (app, prefix, flag) in [(secure, "__Host-", "; Secure"), (insecure, "", "")] {
        let (name, csrf_name) = (&*format!("{prefix}sessionid"), &*format!("{prefix}csrftoken"));
        let router = router(&app);
        let answer = log_in_by_page(&router, None, "username=ada&password=pw").await;
        let login = cookie_set(&answer, name).unwrap();
        let csrf = cookie_set(&answer, csrf_name).unwrap();
        assert_eq!(
            answer.all("set-cookie"),
            [
                format!("{name}={login}; Path=/; Max-Age=7776000; SameSite=Lax{flag}; HttpOnly"),
                format!("{csrf_name}={csrf}; Path=/; Max-Age=31536000; SameSite=Lax{flag}"),
            ]
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let answer = get(&router, "/me", &[("cookie", &format!("{name}={login}"))]).await;
        assert_eq!(answer.body, "ada");
        assert_eq!(answer.header("set-cookie"), None);
    }
}

#[tokio::test]
async fn each_log_in_has_a_csrf_secret_of_its_own() {
    let router = router(&app().await);
    let planted = "csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF";
    let first = log_in_by_page(&router, Some(planted), "username=ada&password=pw").await;
    let second = log_in_by_page(&router, Some(planted), "username=ada&password=pw").await;
    let secrets = [cookie_set(&first, "csrftoken").unwrap(), cookie_set(&second, "csrftoken").unwrap()];
    assert_ne!(secrets[0], secrets[1]);
    assert!(secrets.iter().all(|secret| secret != tests::CSRF), "{secrets:?}");
}
