//! `force_authenticate`: the tests of an application name the caller.

use auth_runtime::permission::{IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::{AccessToken, Login};
use auth_runtime::testing::{FORCED, force_authenticate, force_credentials};
use auth_runtime::{Identity, authenticate};
use auth_store::{Account, AccountStore, MemoryStore, NewAccount};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::{any, get as on_get};
use tests::{app, get, request, send};

use crate::support::refusal;

#[authenticate(Token, Session)]
async fn me(#[user] who: Identity<Account>) -> String {
    format!("{} by {}", who.user().map_or("nobody", |user| &user.username), who.scheme().unwrap_or("none"))
}

#[authenticate(Token)]
#[permit(IsAuthenticated, IsStaff)]
async fn staff() -> &'static str {
    "staff"
}

#[authenticate(Token, Session)]
async fn token(#[user] me: Account, #[auth] token: AccessToken) -> String {
    format!("{} {}", me.username, token.id)
}

#[authenticate(none)]
#[permit(IsAuthenticated)]
async fn nobody() -> &'static str {
    "somebody"
}

#[derive(Clone)]
struct Stranger;

impl auth_runtime::User for Stranger {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        "stranger".into()
    }
}

async fn router() -> Router {
    Router::new()
        .route("/me", any(me))
        .route("/staff", on_get(staff))
        .route("/token", on_get(token))
        .route("/nobody", on_get(nobody))
        .with_state(app().await)
}

async fn grace(is_staff: bool) -> Account {
    let grace = NewAccount::new("grace").staff(is_staff);
    MemoryStore::new().create_account(&grace).await.unwrap().unwrap()
}

fn forced(mut request: Request<Body>, account: Account) -> Request<Body> {
    force_authenticate(&mut request, account);
    request
}

#[tokio::test]
async fn a_forced_user_is_whom_the_handler_sees() {
    let router = router().await;
    let by_force = format!("grace by {FORCED}");
    for headers in [&[][..], &[("authorization", "Token ada-token")], &[("authorization", "Token nonsense")]] {
        let answer = send(&router, forced(request("GET", "/me", headers), grace(false).await)).await;
        assert_eq!(answer.body, by_force, "{headers:?}");
    }
    let foreign = [("cookie", "sessionid=ada-login"), ("origin", "http://evil")];
    let answer = send(&router, forced(request("POST", "/me", &foreign), grace(false).await)).await;
    assert_eq!(answer.body, by_force, "no scheme is asked, so that nothing checks for CSRF");
    assert_eq!(get(&router, "/me", &[]).await.body, "nobody by none", "and only that request");
}

#[tokio::test]
async fn permissions_still_apply_to_a_forced_user() {
    let router = router().await;
    let answer = send(&router, forced(request("GET", "/staff", &[]), grace(false).await)).await;
    assert_eq!(refusal(&answer), (403, "permission_denied".to_owned()));
    assert_eq!(send(&router, forced(request("GET", "/staff", &[]), grace(true).await)).await.body, "staff");
}

#[tokio::test]
async fn credentials_are_forced_beside_the_user_and_never_alone() {
    let router = router().await;
    let token = |id: &str| AccessToken { id: id.into(), ..AccessToken::default() };
    let answer = send(&router, forced(request("GET", "/token", &[]), grace(false).await)).await;
    assert_eq!(refusal(&answer), (403, "permission_denied".to_owned()), "the handler wants a token");

    let mut request_with_token = forced(request("GET", "/token", &[]), grace(false).await);
    force_credentials(&mut request_with_token, token("7"));
    assert_eq!(send(&router, request_with_token).await.body, "grace 7");

    let mut alone = request("GET", "/token", &[]);
    force_credentials(&mut alone, token("7"));
    assert_eq!(refusal(&send(&router, alone).await), (401, "not_authenticated".to_owned()));

    let mut of_another_type = forced(request("GET", "/token", &[]), grace(false).await);
    force_credentials(&mut of_another_type, Login { id: "7".into(), ..Login::default() });
    assert_eq!(refusal(&send(&router, of_another_type).await), (403, "permission_denied".to_owned()));
}

#[tokio::test]
async fn a_user_of_another_type_is_ignored() {
    let router = router().await;
    let stranger = |path, headers: &[(&str, &str)]| {
        let mut request = request("GET", path, headers);
        force_authenticate(&mut request, Stranger);
        request
    };
    assert_eq!(send(&router, stranger("/me", &[])).await.body, "nobody by none");
    let token = [("authorization", "Token ada-token")];
    assert_eq!(send(&router, stranger("/me", &token)).await.body, "ada by Token");
    assert_eq!(refusal(&send(&router, stranger("/staff", &[])).await), (401, "not_authenticated".to_owned()));
    let answer = send(&router, forced(request("GET", "/nobody", &[]), grace(true).await)).await;
    assert_eq!(answer.status, 403, "a chain without schemes has no users");
}

#[tokio::test]
async fn no_header_of_a_client_forces_anything() {
    let router = router().await;
    for (name, value) in [
        ("forced", "grace"),
        ("x-forced", "grace"),
        ("force-authenticate", "ada"),
        ("authorization", "Forced grace"),
        ("cookie", "Forced=grace; forced=ada"),
    ] {
        assert_eq!(get(&router, "/me?forced=ada", &[(name, value)]).await.body, "nobody by none", "{name}");
    }
}
