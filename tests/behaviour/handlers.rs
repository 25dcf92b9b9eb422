//! `#[authenticate]` on every kind of handler.

use auth_runtime::permission::{AllowAny, IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::store::{AccessToken, Id, Login};
use auth_runtime::{CsrfForm, Identity, Policy, PolicyUser, authenticate, handlers};
use auth_store::Account;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get as on_get, post as on_post};
use tests::{App, app, get, request_with, send};

use crate::support::state_with_default;

#[authenticate(Token(keyword = "Bearer"), Session, Basic)]
async fn me(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token, Session)]
async fn maybe(#[user] me: Option<Account>, #[auth] token: Option<AccessToken>) -> String {
    format!("{:?} {}", me.map(|me| me.username), token.is_some())
}

#[authenticate(Session, Token(keyword = "Token"), Token(keyword = "Bearer"))]
async fn credentials(#[auth] token: AccessToken, Path(id): Path<u32>, State(_app): State<App>) -> impl IntoResponse {
    format!("{id} {}", token.id)
}

#[authenticate(Session)]
async fn login(#[user] who: Identity<Account>, #[auth] login: Login) -> Result<String, auth_runtime::Rejection> {
    if login.id == Id::default() {
        return Err(who.reject(auth_runtime::AuthError::not_found()));
    }
    Ok(format!("{} by {}", who.user().unwrap().username, who.scheme().unwrap()))
}

#[authenticate(Basic, challenges = all, state = App)]
#[permit(IsAuthenticated, IsStaff | !IsAuthenticated)]
async fn staff() -> &'static str {
    "staff"
}

#[authenticate(none)]
#[permit(AllowAny)]
async fn open() -> &'static str {
    "open"
}

#[derive(serde::Deserialize)]
struct Note {
    text: String,
}

#[authenticate(Session, Token)]
async fn note(#[user] me: Account, CsrfForm(note): CsrfForm<Note>) -> String {
    format!("{}: {}", me.username, note.text)
}

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer"), Session), permit(IsAuthenticated), challenges = all)]
struct Api;

#[authenticate(policy = Api)]
async fn named(#[user] me: Account) -> String {
    me.username
}

#[authenticate(policy = Api, state = App)]
#[permit(IsStaff)]
async fn named_staff(#[user] me: Account, #[auth] token: Option<AccessToken>) -> String {
    format!("{} {}", me.username, token.is_some())
}

#[authenticate(policy = P)]
async fn generic<P>(#[user] me: Identity<PolicyUser<App, P>>) -> String
where
    P: Policy<App>,
{
    format!("{:?}", me.scheme())
}

state_with_default!(Own, Api);

#[authenticate]
async fn by_default(#[user] me: Account) -> String {
    me.username
}

#[authenticate(state = Own)]
async fn by_default_with(#[user] me: Account, #[auth] token: AccessToken) -> String {
    format!("{} {}", me.username, token.id == Id::default())
}

struct Notes;

#[handlers]
impl Notes {
    /// Documented.
    #[authenticate(Token)]
    #[permit(IsStaff)]
    pub(crate) async fn list(State(_): State<App>) -> &'static str {
        "all notes"
    }

    #[authenticate(Basic)]
    async fn mine(#[user] me: Account) -> String {
        me.username
    }

    fn helper() -> u8 {
        1
    }
}

fn router(app: App) -> Router {
    assert_eq!(Notes::helper(), 1);
    Router::new()
        .route("/me", on_get(me))
        .route("/maybe", on_get(maybe))
        .route("/credentials/{id}", on_get(credentials))
        .route("/login", on_get(login))
        .route("/staff", on_get(staff))
        .route("/open", on_get(open))
        .route("/note", on_post(note))
        .route("/named", on_get(named))
        .route("/named-staff", on_get(named_staff))
        .route("/generic", on_get(generic::<Api>))
        .route("/notes", on_get(Notes::list))
        .route("/notes/mine", on_get(Notes::mine))
        .with_state(app)
}

const BEARER: (&str, &str) = ("authorization", "Bearer ada-token");
const TOKEN: (&str, &str) = ("authorization", "Token ada-token");
const COOKIE: (&str, &str) = ("cookie", "sessionid=ada-login");
const BASIC: (&str, &str) = ("authorization", "Basic YWRhOnB3");
const BOSS_BASIC: (&str, &str) = ("authorization", "Basic Ym9zczpwdw==");
const BOSS_TOKEN: (&str, &str) = ("authorization", "Token boss-token");

#[tokio::test]
async fn each_kind_of_handler_gets_what_it_asks_for() {
    let router = router(app().await);
    for (path, header, status, body) in [
        ("/me", BEARER, 200, "ada"),
        ("/me", COOKIE, 200, "ada"),
        ("/me", BASIC, 200, "ada"),
        ("/maybe", ("x", ""), 200, "None false"),
        ("/maybe", COOKIE, 200, "Some(\"ada\") false"),
        ("/maybe", TOKEN, 200, "Some(\"ada\") true"),
        ("/login", COOKIE, 200, "ada by Session"),
        ("/staff", BOSS_BASIC, 200, "staff"),
        ("/open", ("authorization", "Token nonsense"), 200, "open"),
        ("/named", BEARER, 200, "ada"),
        ("/named-staff", ("authorization", "Bearer boss-token"), 200, "boss true"),
        ("/generic", BEARER, 200, "Some(\"Token\")"),
        ("/notes", BOSS_TOKEN, 200, "all notes"),
        ("/notes/mine", BASIC, 200, "ada"),
    ] {
        let answer = get(&router, path, &[header]).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (status, body), "{path} {header:?}");
    }
    assert!(get(&router, "/credentials/7", &[BEARER]).await.body.starts_with("7 "));
    assert_eq!(get(&router, "/credentials/7", &[TOKEN]).await.status, 200);
    assert_eq!(get(&router, "/credentials/7", &[COOKIE]).await.status, 403, "a session is not a token");
    for path in ["/staff", "/named-staff", "/notes"] {
        assert_eq!(get(&router, path, &[BASIC]).await.status.as_u16() / 100, 4, "{path}");
    }
}

#[tokio::test]
async fn nothing_else_is_parsed_for_a_caller_who_may_not_come_in() {
    let router = router(app().await);
    let answer = get(&router, "/credentials/not-a-number", &[]).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    let answer = get(&router, "/credentials/not-a-number", &[TOKEN]).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn the_state_names_the_default() {
    let router = Router::new()
        .route("/", on_get(by_default))
        .route("/with", on_get(by_default_with))
        .with_state(Own(app().await));
    assert_eq!(get(&router, "/", &[BEARER]).await.body, "ada");
    assert_eq!(get(&router, "/with", &[BEARER]).await.body, "ada false");
    assert_eq!(get(&router, "/", &[]).await.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn a_form_proves_itself_by_its_field() {
    let router = router(app().await);
    let form = ("content-type", "application/x-www-form-urlencoded");
    let cookies = ("cookie", "sessionid=ada-login; csrftoken=abcdefghijklmnopqrstuvwxyzABCDEF");
    let body = "text=hi&csrfmiddlewaretoken=abcdefghijklmnopqrstuvwxyzABCDEF";
    let post = |headers: &[(&str, &str)], body: &str| request_with("POST", "/note", headers, body);
    let answer = send(&router, post(&[form, cookies], body)).await;
    assert_eq!(answer.body, "ada: hi");
    let answer = send(&router, post(&[form, cookies], "text=hi")).await;
    assert_eq!((answer.status.as_u16(), answer.detail().as_str()), (403, "CSRF Failed: CSRF token missing."));
    let answer = send(&router, post(&[form, TOKEN], "text=hi")).await;
    assert_eq!(answer.body, "ada: hi", "a token needs no CSRF");
}
