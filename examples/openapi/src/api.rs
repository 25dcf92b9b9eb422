//! The API. `#[utoipa::path]` describes what a handler does, and only `#[authenticate]` says who may call it.

use auth_runtime::permission::{AllowAny, IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, Token};
use auth_runtime::{Identity, Settings, authenticate, openapi};
use auth_store::Account;
use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::state::App;

/// Who called, and how.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Caller {
    user: Option<String>,
    scheme: Option<&'static str>,
}

/// Whether the service is up
#[utoipa::path(
    get,
    path = "/health",
    responses((status = 200, description = "It is", body = String, content_type = "text/plain")),
)]
#[authenticate(none)]
#[permit(AllowAny)]
pub(crate) async fn health() -> &'static str {
    "ok"
}

/// Who you are
#[utoipa::path(
    get,
    path = "/me",
    responses((status = 200, description = "You", body = Caller), (status = 401, description = "Not known")),
)]
#[authenticate(Token(keyword = "Bearer"), Basic, state = App)]
#[permit(IsAuthenticated)]
pub(crate) async fn me(#[user] who: Identity<Account>) -> Json<Caller> {
    Json(Caller { scheme: who.scheme(), user: who.into_user().map(|user| user.username) })
}

/// The figures of a year
#[utoipa::path(
    get,
    path = "/reports/{year}",
    params(("year" = u16, Path, description = "Such as 1843", example = 1843)),
    responses(
        (status = 200, description = "The figures", body = String, content_type = "text/plain"),
        (status = 401, description = "Not known"),
        (status = 403, description = "Not staff"),
        (status = 429, description = "Too many of them"),
    ),
)]
#[authenticate(Token(keyword = "Bearer"), Basic, state = App)]
#[permit(IsStaff)]
#[throttle(user = "60/minute")]
pub(crate) async fn report(#[user] me: Account, Path(year): Path<u16>) -> String {
    format!("figures of {year}, for {}", me.username)
}

/// A text to greet somebody with.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Greeting {
    #[schema(example = "hello")]
    text: String,
}

/// Greets you with your own words
#[utoipa::path(
    post,
    path = "/greeting",
    request_body = Greeting,
    responses(
        (status = 200, description = "Your words", body = String, content_type = "text/plain"),
        (status = 401, description = "Not known"),
    ),
)]
#[authenticate(Token(keyword = "Bearer"), state = App)]
pub(crate) async fn greet(#[user] me: Account, Json(greeting): Json<Greeting>) -> String {
    format!("{}, {}", greeting.text, me.username)
}

/// A user name and a password.
#[derive(ToSchema)]
#[allow(dead_code)] // for the document alone
struct Password {
    #[schema(example = "ada")]
    username: String,
    #[schema(example = "correct horse")]
    password: String,
}

/// A token.
#[derive(ToSchema)]
#[allow(dead_code)]
struct NewToken {
    token: String,
}

/// A token for a name and a password
#[utoipa::path(
    post,
    path = "/token",
    request_body = Password,
    responses((status = 200, description = "A new one", body = NewToken), (status = 400, description = "Wrong")),
)]
#[allow(dead_code)] // stands for the endpoint of `auth_runtime::views`
fn token() {}

#[derive(OpenApi)]
#[openapi(
    paths(health, me, report, greet, token),
    info(title = "Figures", description = "What an engine has worked out, for those who may know.")
)]
struct Document;

/// Returns the document, with the security that the handlers declare.
///
/// # Panics
///
/// If an operation of the document is not mounted.
pub fn document(settings: &Settings) -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    openapi::secure(&mut document, &crate::routes().audit(), settings).expect("every operation is mounted");
    document
}
