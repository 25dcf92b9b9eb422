//! What is counted: whoever is let in, whatever the handler makes of it, and nobody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use auth_runtime::http::StatusCode;
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::settings::{CsrfMode, CsrfSettings};
use auth_runtime::store::AccessToken;
use auth_runtime::testing::force_authenticate;
use auth_runtime::{CsrfForm, Identity, Rejection, authenticate};
use auth_store::Account;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Json, Path};
use axum::http::Request;
use axum::routing::{any, get as on_get, post as on_post};
use http_body_util::BodyExt;
use tests::{App, CSRF, account, app_with, request, request_with, send, settings};

use super::{ADA, BOSS, Watched, status_of, statuses};
use crate::support::refusal;

#[authenticate(Token, Session)]
#[throttle(user = "2/minute")]
async fn me(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token, Session)]
#[permit(IsStaff)]
#[throttle(user = "2/minute")]
async fn staff() -> &'static str {
    "staff"
}

#[authenticate(Token, Session)]
#[throttle(user = "2/minute")]
async fn token(#[user] me: Account, #[auth] token: AccessToken) -> String {
    format!("{} {}", me.username, token.id)
}

/// Answers with the status of the path.
#[authenticate(Token)]
#[throttle(user = "2/minute")]
async fn answer(#[user] who: Identity<Account>, Path(status): Path<u16>) -> Result<StatusCode, Rejection> {
    match status {
        404 => Err(who.reject(auth_runtime::AuthError::not_found())),
        403 => Err(who.reject(auth_runtime::AuthError::permission_denied())),
        status => Ok(StatusCode::from_u16(status).unwrap()),
    }
}

#[authenticate(Token)]
#[throttle(user = "2/minute")]
async fn json(#[user] _me: Account, Json(number): Json<u8>) -> String {
    number.to_string()
}

#[authenticate(Token)]
#[throttle(user = "2/minute")]
async fn bytes(#[user] _me: Account, bytes: Bytes) -> String {
    bytes.len().to_string()
}

#[authenticate(Session)]
#[throttle(user = "2/minute")]
async fn form(#[user] me: Account, CsrfForm(_): CsrfForm<Vec<(String, String)>>) -> String {
    me.username
}

fn router(app: &App) -> Router {
    Router::new()
        .route("/me", any(me))
        .route("/staff", on_get(staff))
        .route("/token", on_get(token))
        .route("/answer/{status}", any(answer))
        .route("/json", on_post(json))
        .route("/bytes", on_post(bytes))
        .route("/form", on_post(form))
        .with_state(app.clone())
}

#[tokio::test]
async fn whoever_is_refused_uses_nothing_up() {
    let counters = Watched::default();
    let app = counters.app().await;
    let router = router(&app);
    let cookie = ("cookie", "sessionid=ada-login");
    let foreign = [cookie, ("origin", "http://evil.example")];
    for (method, path, headers, wanted) in [
        ("GET", "/me", &[("authorization", "Token nonsense")][..], (401, "authentication_failed")),
        ("GET", "/me", &[], (401, "not_authenticated")),
        ("GET", "/staff", &[], (401, "not_authenticated")),
        ("GET", "/staff", &[ADA], (403, "permission_denied")),
        ("GET", "/token", &[], (401, "not_authenticated")),
        ("GET", "/token", &[cookie], (403, "permission_denied")),
        ("POST", "/me", &foreign, (403, "csrf_failed")),
    ] {
        for _ in 0..3 {
            let answer = send(&router, request(method, path, headers)).await;
            assert_eq!(refusal(&answer), (wanted.0, wanted.1.to_owned()), "{path} {headers:?}");
        }
    }
    app.backend().set_down(true);
    assert_eq!(statuses(&router, "/me", &[ADA], 3).await, [503, 503, 503]);
    app.backend().set_down(false);
    assert_eq!(counters.asked(), 0);

    assert_eq!(statuses(&router, "/me", &[ADA], 3).await, [200, 200, 429]);
    assert_eq!(counters.asked(), 3);
    assert_eq!(statuses(&router, "/me", &[("authorization", "Token nonsense")], 1).await, [401], "and stays refused");
}

#[tokio::test]
async fn whatever_the_handler_answers_is_counted() {
    for (method, path, wanted) in [
        ("GET", "/answer/200", 200),
        ("HEAD", "/answer/200", 200),
        ("OPTIONS", "/answer/204", 204),
        ("DELETE", "/answer/405", 405),
        ("GET", "/answer/404", 404),
        ("GET", "/answer/403", 403),
        ("POST", "/answer/500", 500),
        ("GET", "/answer/junk", 400),
        ("POST", "/json", 415),
    ] {
        let router = router(&Watched::default().app().await);
        for wanted in [wanted, wanted, 429] {
            assert_eq!(status_of(&router, request(method, path, &[ADA])).await, wanted, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn what_the_router_answers_by_itself_is_not_counted() {
    let counters = Watched::default();
    let router = router(&counters.app().await);
    for (method, path, wanted) in [("GET", "/json", 405), ("POST", "/token", 405), ("GET", "/nowhere", 404)] {
        assert_eq!(status_of(&router, request(method, path, &[ADA])).await, wanted, "{method} {path}");
    }
    assert_eq!(counters.asked(), 0);
}

#[tokio::test]
async fn nothing_of_the_body_of_one_too_many_is_read() {
    let router = router(&Watched::default().app().await);
    let mut was_read = Vec::new();
    for wanted in [200, 200, 429] {
        let note = Arc::new(AtomicBool::default());
        let reads = Arc::clone(&note);
        let body = Body::from("four").map_frame(move |frame| {
            reads.store(true, Ordering::SeqCst);
            frame
        });
        let body = Body::new(body);
        let request = Request::post("/bytes").header(ADA.0, ADA.1).body(body).unwrap();
        assert_eq!(status_of(&router, request).await, wanted);
        was_read.push(note.load(Ordering::SeqCst));
    }
    assert_eq!(was_read, [true, true, false]);
    let headers = [BOSS, ("content-type", "application/json")];
    for wanted in [400, 400, 429] {
        let answer = send(&router, request_with("POST", "/json", &headers, "x")).await;
        assert_eq!(answer.status, wanted, "a malformed body is one more request");
    }
}

#[tokio::test]
async fn a_form_is_verified_by_what_reads_it_and_so_counted_before() {
    let csrf = CsrfSettings::default().with_mode(CsrfMode::Token);
    let router = router(&app_with(settings().with_csrf(csrf)).await);
    let cookies = format!("sessionid=ada-login; csrftoken={CSRF}");
    let headers = [("cookie", cookies.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(refusal(&send(&router, request_with("POST", "/form", &headers, "a=b")).await));
    }
    assert_eq!(codes, [(403, "csrf_failed".into()), (403, "csrf_failed".into()), (429, "throttled".into())]);
}

#[tokio::test]
async fn a_forced_user_is_counted_like_any_other() {
    let app = Watched::default().app().await;
    let router = router(&app);
    let ada = account(&app, "ada").await;
    let forced = || {
        let mut forced = request("GET", "/me", &[]);
        force_authenticate(&mut forced, ada.clone());
        forced
    };
    for wanted in [200, 200, 429] {
        assert_eq!(status_of(&router, forced()).await, wanted);
    }
    assert_eq!(statuses(&router, "/me", &[ADA], 1).await, [429], "together with the one by a scheme");
    assert_eq!(statuses(&router, "/me", &[BOSS], 1).await, [200]);
}
