//! How refusals are answered: status, challenge, body, headers.

use std::time::Duration;

use auth_runtime::http::request::Parts;
use auth_runtime::permission::{AllowAny, IsAuthenticated, IsStaff, Permission};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::store::{AccountStore, NewAccount};
use auth_runtime::{
    AuthError, Authenticator, ErrorFormat, Identity, Outcome, Rejection, Scheme, SchemeResult, authenticate,
};
use auth_store::Account;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get as on_get;
use tests::{App, app_with, get, settings};

use crate::support::{basic, refusal};

#[authenticate(Token, Session, Basic)]
async fn token_first(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Session, Token, Basic)]
async fn session_first(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Session(challenge = "Cookie realm=\"here\""), Token)]
async fn session_with_challenge(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Basic(realm = "the \"inner\" \\ ring"))]
async fn realm(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token(keyword = "Bearer"), Session, Basic(realm = "all"), challenges = all)]
async fn all(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Session, Token, Basic, challenges = all)]
async fn all_behind_session(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token, Session, Basic, challenges = first)]
async fn first(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token, Token(keyword = "Bearer"), Basic, challenges = all)]
async fn two_keywords(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Session(challenge = "Cookie realm=\"Bücher\""))]
async fn foreign_letters(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn staff() -> &'static str {
    "staff"
}

#[authenticate(none)]
#[permit(IsAuthenticated)]
async fn nobody() -> &'static str {
    "unreachable"
}

#[authenticate(Token)]
async fn judge(#[user] who: Identity<Account>, Path(kind): Path<String>) -> Result<&'static str, Rejection> {
    Err(who.reject(error(&kind)))
}

fn error(kind: &str) -> AuthError {
    match kind {
        "failed" => AuthError::authentication_failed("No good."),
        "nobody" => AuthError::not_authenticated(),
        "denied" => AuthError::permission_denied().with_detail("Not yours.").with_code("not_owner"),
        "missing" => AuthError::not_found(),
        "wait" => AuthError::throttled(Some(Duration::from_millis(1500))),
        "down" => AuthError::unavailable("the cause"),
        "broken" => AuthError::internal("the cause"),
        _ => AuthError::other(StatusCode::IM_A_TEAPOT, "Short and stout.", "teapot"),
    }
}

/// Fails as the header says.
#[derive(Authenticator)]
struct Fails;

impl Scheme<App> for Fails {
    type User = Account;

    async fn authenticate(&self, request: &Parts, _: &App) -> SchemeResult<Account> {
        match request.headers.get("x-fail") {
            Some(kind) => Err(error(kind.to_str().unwrap())),
            None => Ok(Outcome::Skipped),
        }
    }

    fn challenge(&self) -> Option<auth_runtime::Challenge> {
        Some(auth_runtime::Challenge::new("Fails").param("realm", "x"))
    }
}

#[authenticate(Fails, Token, state = App)]
async fn fails(#[user] me: Option<Account>) -> String {
    me.map_or_else(|| "nobody".to_owned(), |me| me.username)
}

/// Stands at the end of a chain and puts a guest in the place of nobody.
#[derive(Authenticator)]
#[authenticator(auth = String)]
struct Guest;

impl Scheme<App> for Guest {
    type User = Account;

    async fn authenticate(&self, _: &Parts, app: &App) -> SchemeResult<Account, String> {
        let guest = app.backend().account("guest").await?;
        Ok(Outcome::Anonymous(guest, Some("ticket".to_owned())))
    }
}

#[authenticate(Token, Guest, Fails, state = App)]
async fn guest(#[user] who: Identity<Account>, #[auth] ticket: Option<String>) -> String {
    let name = who.user().map(|user| user.username.as_str());
    format!("{name:?} {} {:?} {ticket:?}", who.is_authenticated(), who.scheme())
}

#[authenticate(Token, Guest, state = App)]
async fn guest_is_no_user(#[user] me: Option<Account>) -> String {
    format!("{:?}", me.map(|me| me.username))
}

#[authenticate(Token, Guest, state = App)]
async fn not_for_guests(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token, Guest, state = App)]
#[permit(IsStaff)]
async fn guests_are_no_staff() -> &'static str {
    "staff"
}

struct Never;

impl<S: Sync, U: auth_runtime::User> Permission<S, U> for Never {
    async fn has_permission(&self, _: &auth_runtime::permission::Access<'_, S, U>) -> Result<(), AuthError> {
        Err(AuthError::permission_denied().with_detail("Closed today.").with_code("closed"))
    }
}

#[authenticate(Token)]
#[permit(AllowAny, Never)]
async fn closed() -> &'static str {
    "open"
}

#[authenticate(none)]
#[permit(Never)]
async fn closed_for_all() -> &'static str {
    "open"
}

/// With an account for the guests.
async fn app() -> App {
    let app = tests::app().await;
    app.backend().create_account(&NewAccount::new("guest").staff(true)).await.unwrap().unwrap();
    app
}

fn router(app: App) -> Router {
    Router::new()
        .route("/token-first", on_get(token_first))
        .route("/session-first", on_get(session_first))
        .route("/session-challenge", on_get(session_with_challenge))
        .route("/realm", on_get(realm))
        .route("/all", on_get(all))
        .route("/all-behind-session", on_get(all_behind_session))
        .route("/first", on_get(first))
        .route("/two-keywords", on_get(two_keywords))
        .route("/foreign-letters", on_get(foreign_letters))
        .route("/staff", on_get(staff))
        .route("/nobody", on_get(nobody))
        .route("/judge/{kind}", on_get(judge))
        .route("/fails", on_get(fails))
        .route("/guest", on_get(guest))
        .route("/guest-is-no-user", on_get(guest_is_no_user))
        .route("/not-for-guests", on_get(not_for_guests))
        .route("/guests-are-no-staff", on_get(guests_are_no_staff))
        .route("/closed", on_get(closed))
        .route("/closed-for-all", on_get(closed_for_all))
        .with_state(app)
}

const TOKEN: (&str, &str) = ("authorization", "Token ada-token");

#[tokio::test]
async fn the_first_scheme_decides_between_401_and_403() {
    let router = router(app().await);
    let wrong = basic("ada", "wrong");
    let bad = ("authorization", wrong.as_str());
    for (path, status, challenges) in [
        ("/token-first", 401, &["Token"][..]),
        ("/first", 401, &["Token"]),
        ("/session-first", 403, &[]),
        ("/session-challenge", 401, &["Cookie realm=\"here\""]),
        ("/realm", 401, &["Basic realm=\"the \\\"inner\\\" \\\\ ring\""]),
        ("/all", 401, &["Bearer", "Basic realm=\"all\""]),
        ("/all-behind-session", 403, &[]),
        ("/nobody", 403, &[]),
    ] {
        let answer = get(&router, path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.all("www-authenticate").as_slice()), (status, challenges), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    for (path, status, challenges) in [
        ("/token-first", 401, &["Token"][..]),
        ("/session-first", 403, &[]),
        ("/all", 401, &["Bearer", "Basic realm=\"all\""]),
        ("/all-behind-session", 403, &[]),
    ] {
        let answer = get(&router, path, &[bad]).await;
        assert_eq!((answer.status.as_u16(), answer.all("www-authenticate").as_slice()), (status, challenges), "{path}");
        assert_eq!(answer.json()["code"], "authentication_failed", "{path}");
    }
}

#[tokio::test]
async fn all_challenges_include_every_keyword_of_one_scheme() {
    let router = router(app().await);
    let answer = get(&router, "/two-keywords", &[]).await;
    assert_eq!(answer.all("www-authenticate"), ["Token", "Bearer", "Basic realm=\"api\""]);
}

#[tokio::test]
async fn a_challenge_with_letters_beyond_ascii_is_sent() {
    let router = router(app().await);
    let answer = get(&router, "/foreign-letters", &[]).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.headers["www-authenticate"].as_bytes(), "Cookie realm=\"Bücher\"".as_bytes());
}

#[tokio::test]
async fn an_identified_caller_is_denied_without_challenge() {
    let router = router(app().await);
    let answer = get(&router, "/staff", &[TOKEN]).await;
    assert_eq!(refusal(&answer), (403, "permission_denied".to_owned()));
    assert_eq!(answer.detail(), "You do not have permission to perform this action.");
    assert_eq!((answer.header("www-authenticate"), answer.header("cache-control")), (None, Some("no-store")));
    assert_eq!(refusal(&get(&router, "/staff", &[]).await), (401, "not_authenticated".to_owned()));
}

#[tokio::test]
async fn the_words_of_a_permission_are_for_identified_callers() {
    let router = router(app().await);
    let answer = get(&router, "/closed", &[TOKEN]).await;
    assert_eq!((refusal(&answer), answer.detail()), ((403, "closed".to_owned()), "Closed today.".to_owned()));
    let answer = get(&router, "/closed", &[]).await;
    assert_eq!(refusal(&answer), (401, "not_authenticated".to_owned()));
    let answer = get(&router, "/closed-for-all", &[TOKEN]).await;
    assert_eq!(refusal(&answer), (403, "closed".to_owned()), "nobody could have said who they are");
}

#[tokio::test]
async fn a_handler_refuses_as_its_chain_does() {
    let router = router(app().await);
    for (kind, status, code, challenged, wait) in [
        ("failed", 401, "authentication_failed", true, None),
        ("nobody", 401, "not_authenticated", true, None),
        ("denied", 403, "not_owner", false, None),
        ("missing", 404, "not_found", false, None),
        ("wait", 429, "throttled", false, Some("2")),
        ("down", 503, "unavailable", false, Some("5")),
        ("broken", 500, "error", false, None),
        ("other", 418, "teapot", false, None),
    ] {
        let answer = get(&router, &format!("/judge/{kind}"), &[TOKEN]).await;
        assert_eq!(refusal(&answer), (status, code.to_owned()), "{kind}");
        assert_eq!(answer.header("www-authenticate").is_some(), challenged, "{kind}");
        assert_eq!(answer.header("retry-after"), wait, "{kind}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{kind}");
        assert!(!answer.body.contains("cause"), "{kind}: {answer:?}");
    }
}

#[tokio::test]
async fn an_error_of_a_scheme_ends_the_chain_whatever_its_kind() {
    let router = router(app().await);
    for (kind, status, code, challenges) in [
        ("failed", 401, "authentication_failed", &["Fails realm=\"x\""][..]),
        ("nobody", 401, "not_authenticated", &["Fails realm=\"x\""]),
        ("denied", 403, "not_owner", &[]),
        ("missing", 404, "not_found", &[]),
        ("wait", 429, "throttled", &[]),
        ("down", 503, "unavailable", &[]),
        ("broken", 500, "error", &[]),
        ("other", 418, "teapot", &[]),
    ] {
        let answer = get(&router, "/fails", &[TOKEN, ("x-fail", kind)]).await;
        assert_eq!(refusal(&answer), (status, code.to_owned()), "{kind}");
        assert_eq!(answer.all("www-authenticate"), challenges, "{kind}");
        assert!(!answer.body.contains("cause"), "{kind}: {answer:?}");
    }
    assert_eq!(get(&router, "/fails", &[TOKEN]).await.body, "ada");
    assert_eq!(get(&router, "/fails", &[]).await.body, "nobody");
}

#[tokio::test]
async fn a_scheme_at_the_end_may_stand_in_for_nobody() {
    let router = router(app().await);
    let answer = get(&router, "/guest", &[("x-fail", "broken")]).await;
    assert_eq!(answer.body, "Some(\"guest\") false None Some(\"ticket\")", "and later schemes are not asked");
    assert_eq!(get(&router, "/guest", &[TOKEN]).await.body, "Some(\"ada\") true Some(\"Token\") None");
    assert_eq!(get(&router, "/guest-is-no-user", &[]).await.body, "None");
    for path in ["/not-for-guests", "/guests-are-no-staff"] {
        assert_eq!(refusal(&get(&router, path, &[]).await), (401, "not_authenticated".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn the_body_has_the_format_of_the_settings() {
    let detail = "Authentication credentials were not provided.";
    let json = serde_json::json!({"detail": detail, "code": "not_authenticated"});
    let only = serde_json::json!({ "detail": detail });
    let problem = |status: u16, title: &str| serde_json::json!({"title": title, "status": status, "detail": detail, "code": "not_authenticated"});
    for (format, path, content_type, body) in [
        (ErrorFormat::Json, "/token-first", "application/json", json),
        (ErrorFormat::DetailOnly, "/token-first", "application/json", only),
        (ErrorFormat::Problem, "/token-first", "application/problem+json", problem(401, "Unauthorized")),
        (ErrorFormat::Problem, "/session-first", "application/problem+json", problem(403, "Forbidden")),
    ] {
        let what = format!("{format:?} {path}");
        let router = router(app_with(settings().with_error_format(format)).await);
        let answer = get(&router, path, &[]).await;
        assert_eq!(answer.header("content-type"), Some(content_type), "{what}");
        assert_eq!(answer.json(), body, "{what}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    }
}

#[tokio::test]
async fn a_hook_renders_the_body_and_keeps_its_headers() {
    let format = ErrorFormat::custom(|error: &AuthError, status: StatusCode| -> Response {
        let text = format!("{} {status} {:?}", error.code(), error.kind());
        (StatusCode::OK, [("cache-control", "private"), ("x-own", "1")], text).into_response()
    });
    let router = router(app_with(settings().with_error_format(format)).await);
    for (path, status, body, challenge) in [
        ("/token-first", 401, "not_authenticated 401 Unauthorized NotAuthenticated", Some("Token")),
        ("/session-first", 403, "not_authenticated 403 Forbidden NotAuthenticated", None),
    ] {
        let answer = get(&router, path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (status, body), "the chain decides the status");
        assert_eq!(answer.header("www-authenticate"), challenge);
        assert_eq!((answer.header("cache-control"), answer.header("x-own")), (Some("private"), Some("1")));
    }
}
