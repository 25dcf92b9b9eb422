//! `#[authenticate]` beside other attributes, and handlers of every shape.
//!
//! `#[debug_handler]` works below `#[authenticate]`. Above, it expands first and asks for each argument as it is written to
//! be an extractor, and for as many arguments; so it works where the handler takes no caller and has an argument.

use std::fmt::Display;

use auth_runtime::permission::{IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::store::{self, AccessToken};
use auth_runtime::{AuthError, Identity, Rejection, authenticate, handlers};
use auth_store::Account;
use axum::body::Bytes;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, Version};
use axum::response::IntoResponse;
use axum::routing::{get as on_get, post as on_post};
use axum::{Router, debug_handler};
use tests::{App, app, get, request_with, send};
use tracing::instrument;
use utoipa::OpenApi;

use crate::support::refusal;

#[authenticate(Token)]
#[debug_handler]
async fn debug_below(#[user] me: Account, #[auth] token: AccessToken, State(_): State<App>) -> String {
    format!("{} {}", me.username, token.id == store::Id::default())
}

#[authenticate(Token, state = App)]
#[permit(IsAuthenticated)]
#[axum::debug_handler(state = App)]
async fn debug_below_with_body(#[user] me: Option<Account>, body: String) -> String {
    format!("{:?} {body}", me.map(|me| me.username))
}

#[debug_handler]
#[authenticate(Token)]
#[permit(IsAuthenticated)]
async fn debug_above(State(_): State<App>, Path(id): Path<u32>) -> String {
    id.to_string()
}

#[debug_handler(state = App)]
#[authenticate(Token)]
#[permit(IsAuthenticated)]
async fn debug_above_with_body(body: String) -> String {
    body
}

#[instrument(skip_all)]
#[authenticate(Token)]
async fn instrument_above(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token)]
#[permit(IsAuthenticated)]
#[instrument(skip_all, ret)]
async fn instrument_below(#[user] me: Account) -> String {
    me.username
}

#[tracing::instrument(skip_all, err(Debug))]
#[authenticate(Token)]
#[permit(IsStaff)]
async fn instrument_permit() -> Result<&'static str, StatusCode> {
    Ok("staff")
}

#[utoipa::path(get, path = "/openapi-above", params(("id" = u32, Query)), responses((status = 200)))]
#[authenticate(Token)]
async fn openapi_above(#[user] me: Account, Query(id): Query<Id>) -> String {
    format!("{} {}", me.username, id.id)
}

#[authenticate(Token)]
#[permit(IsAuthenticated)]
#[utoipa::path(get, path = "/openapi-below", responses((status = 200)))]
async fn openapi_below(#[user] me: Account) -> String {
    me.username
}

#[utoipa::path(get, path = "/all-above", responses((status = 200)))]
#[instrument(skip_all)]
#[authenticate(Token)]
#[permit(IsAuthenticated)]
async fn all_above() -> &'static str {
    "all"
}

#[authenticate(Token)]
#[utoipa::path(get, path = "/all-below", responses((status = 200)))]
#[instrument(skip_all)]
#[debug_handler(state = App)]
async fn all_below(#[user] me: Account) -> String {
    me.username
}

#[derive(OpenApi)]
#[openapi(paths(openapi_above, openapi_below, all_above, all_below))]
struct Api;

#[derive(serde::Deserialize)]
struct Id {
    id: u32,
}

#[cfg(test)]
#[authenticate(Token)]
async fn compiled(#[user] me: Account) -> String {
    me.username
}

#[cfg(not(test))]
#[authenticate(Missing)]
async fn compiled(#[user] me: Missing) -> String {
    me
}

#[authenticate(Token)]
#[cfg(test)]
async fn compiled_below(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token)]
#[cfg(not(test))]
async fn compiled_below(#[user] me: Account, missing: Missing) -> String {
    me.username
}

#[cfg_attr(test, authenticate(Token))]
#[cfg_attr(test, permit(IsAuthenticated))]
async fn compiled_attribute() -> &'static str {
    "compiled"
}

#[authenticate(Token, state = App)]
async fn generic<T, const N: usize>(#[user] me: Account, uri: Uri) -> String
where
    T: Default + Display + Send + 'static,
{
    format!("{} {} {N} {}", me.username, T::default(), uri.path())
}

#[authenticate(Token)]
fn returns_future(#[user] me: Account) -> impl Future<Output = String> + Send {
    std::future::ready(me.username)
}

#[authenticate(Session, Token)]
async fn impl_response(#[user] me: Account) -> impl IntoResponse {
    (StatusCode::ACCEPTED, [("x-me", me.username)])
}

#[authenticate(Token)]
#[permit(IsAuthenticated)]
async fn question_mark(
    #[user] who: Identity<Account>,
    Path(number): Path<String>,
) -> Result<impl IntoResponse, Rejection> {
    let missing = |_| who.reject(AuthError::not_found());
    let number: u8 = number.parse().map_err(missing)?;
    Ok((StatusCode::CREATED, number.to_string()))
}

#[authenticate(Token)]
#[allow(clippy::too_many_arguments)]
async fn fifteen(
    #[user] me: Account,
    method: Method,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
    again: Uri,
    RawQuery(raw): RawQuery,
    Query(id): Query<Id>,
    State(_): State<App>,
    (): (),
    one: Option<axum::Extension<()>>,
    two: Option<axum::Extension<u8>>,
    three: Option<axum::Extension<u16>>,
    four: Option<axum::Extension<u32>>,
    five: Option<axum::Extension<u64>>,
    body: Bytes,
) -> String {
    assert!(one.is_none() && two.is_none() && three.is_none() && four.is_none() && five.is_none());
    assert_eq!((again, version), (uri, Version::HTTP_11));
    format!("{} {method} {} {raw:?} {} {}", me.username, headers.len(), id.id, body.len())
}

#[authenticate(Token)]
async fn patterns(#[user] Account { username, id: _, .. }: Account, #[auth] mut token: AccessToken) -> String {
    token.id = store::Id::default();
    format!("{username} {}", token.id)
}

/// Documented, and whatever `user` and `auth` are called does not matter.
#[authenticate(Token)]
#[must_use]
async fn names(#[user] auth: Account, #[auth] user: AccessToken, body: String) -> String {
    let request = user.id != store::Id::default();
    format!("{} {body} {request}", auth.username)
}

struct Notes;
struct Others<T>(T);

#[handlers]
impl Notes {
    #[authenticate(Token, state = App)]
    #[permit(IsAuthenticated)]
    #[instrument(skip_all)]
    async fn list() -> &'static str {
        "list"
    }

    #[instrument(skip_all)]
    #[authenticate(Basic, Token)]
    pub(crate) async fn create(#[user] me: Account, State(_): State<App>, body: String) -> impl IntoResponse {
        (StatusCode::CREATED, format!("{} {body} {}", me.username, Self::LIMIT))
    }

    #[authenticate(Token)]
    #[permit(IsAuthenticated)]
    async fn show(#[user] who: Identity<Account>, Path(id): Path<u8>) -> Result<String, Rejection> {
        if id > Self::LIMIT { Err(who.reject(AuthError::not_found())) } else { Ok(id.to_string()) }
    }

    #[cfg(not(test))]
    #[authenticate(Missing)]
    async fn show(#[user] who: Missing) {}

    const LIMIT: u8 = 9;
}

#[handlers]
impl Others<u8> {
    /// The same name as in the other block.
    #[authenticate(Token)]
    async fn list(#[user] me: Account) -> String {
        format!("{} {}", me.username, Others(1).0)
    }
}

mod inner {
    use super::{Account, Token, authenticate};

    #[authenticate(Token)]
    pub(in super::super) async fn whoever(#[user] me: Account) -> String {
        me.username
    }
}

fn router(app: App) -> Router {
    Router::new()
        .route("/debug-above/{id}", on_get(debug_above))
        .route("/debug-above-with-body", on_post(debug_above_with_body))
        .route("/debug-below", on_get(debug_below))
        .route("/debug-below-with-body", on_post(debug_below_with_body))
        .route("/instrument-above", on_get(instrument_above))
        .route("/instrument-below", on_get(instrument_below))
        .route("/instrument-permit", on_get(instrument_permit))
        .route("/openapi-above", on_get(openapi_above))
        .route("/openapi-below", on_get(openapi_below))
        .route("/all-above", on_get(all_above))
        .route("/all-below", on_get(all_below))
        .route("/compiled", on_get(compiled))
        .route("/compiled-below", on_get(compiled_below))
        .route("/compiled-attribute", on_get(compiled_attribute))
        .route("/generic", on_get(generic::<u32, 3>))
        .route("/returns-future", on_get(returns_future))
        .route("/impl-response", on_get(impl_response))
        .route("/question-mark/{number}", on_get(question_mark))
        .route("/fifteen", on_post(fifteen))
        .route("/patterns", on_get(patterns))
        .route("/names", on_post(names))
        .route("/notes", on_get(Notes::list).post(Notes::create))
        .route("/notes/{id}", on_get(Notes::show))
        .route("/others", on_get(Others::<u8>::list))
        .route("/inner", on_get(inner::whoever))
        .with_state(app)
}

const TOKEN: (&str, &str) = ("authorization", "Token ada-token");

#[tokio::test]
async fn an_argument_behind_the_guard_is_not_extracted_for_everybody() {
    let router = router(app().await);
    assert_eq!(get(&router, "/debug-above/none", &[]).await.status, 401);
    assert_eq!(get(&router, "/debug-above/none", &[TOKEN]).await.status, 400);
    let answer = send(&router, request_with("POST", "/debug-above-with-body", &[], &"x".repeat(3_000_000))).await;
    assert_eq!(answer.status, 401);
    let answer = send(&router, request_with("POST", "/debug-above-with-body", &[TOKEN], &"x".repeat(3_000_000))).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn other_attributes_go_on_working() {
    let router = router(app().await);
    for (path, wanted) in [
        ("/debug-above/7", "7"),
        ("/debug-below", "ada false"),
        ("/instrument-above", "ada"),
        ("/instrument-below", "ada"),
        ("/openapi-above?id=7", "ada 7"),
        ("/openapi-below", "ada"),
        ("/all-above", "all"),
        ("/all-below", "ada"),
        ("/compiled", "ada"),
        ("/compiled-below", "ada"),
        ("/compiled-attribute", "compiled"),
    ] {
        assert_eq!(get(&router, path, &[TOKEN]).await.body, wanted, "{path}");
        let answer = get(&router, path, &[]).await;
        assert_eq!(refusal(&answer), (401, "not_authenticated".to_owned()), "{path}");
    }
    assert_eq!(get(&router, "/instrument-permit", &[TOKEN]).await.status, 403);
    assert_eq!(get(&router, "/instrument-permit", &[("authorization", "Token boss-token")]).await.body, "staff");
    let answer = send(&router, request_with("POST", "/debug-below-with-body", &[TOKEN], "hi")).await;
    assert_eq!(answer.body, "Some(\"ada\") hi");
    let answer = send(&router, request_with("POST", "/debug-above-with-body", &[TOKEN], "hi")).await;
    assert_eq!(answer.body, "hi");
    let paths: Vec<_> = Api::openapi().paths.paths.into_keys().collect();
    assert_eq!(paths, ["/all-above", "/all-below", "/openapi-above", "/openapi-below"]);
}

#[tokio::test]
async fn handlers_of_every_shape_are_handlers() {
    let router = router(app().await);
    for (path, wanted) in [
        ("/generic", "ada 0 3 /generic"),
        ("/returns-future", "ada"),
        ("/patterns", "ada 0"),
        ("/notes", "list"),
        ("/notes/9", "9"),
        ("/others", "ada 1"),
        ("/inner", "ada"),
        ("/question-mark/255", "255"),
    ] {
        assert_eq!(get(&router, path, &[TOKEN]).await.body, wanted, "{path}");
        assert_eq!(refusal(&get(&router, path, &[]).await), (401, "not_authenticated".to_owned()), "{path}");
    }
    let answer = get(&router, "/impl-response", &[TOKEN]).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-me")), (202, Some("ada")));
    for path in ["/notes/10", "/question-mark/256"] {
        assert_eq!(refusal(&get(&router, path, &[TOKEN]).await), (404, "not_found".to_owned()), "{path}");
    }
    assert_eq!(get(&router, "/notes/x", &[TOKEN]).await.status, 400);
    assert_eq!(get(&router, "/notes/x", &[]).await.status, 401, "nothing is parsed before");
}

#[tokio::test]
async fn a_body_stands_last_among_many_arguments() {
    let router = router(app().await);
    let json = ("content-type", "application/json");
    for (path, body, wanted) in [
        ("/names", "x", "ada x true"),
        ("/notes", "new", "ada new 9"),
        ("/fifteen?id=3", "abc", "ada POST 3 Some(\"id=3\") 3 3"),
    ] {
        let answer = send(&router, request_with("POST", path, &[TOKEN, json], body)).await;
        assert_eq!(answer.body, wanted, "{path}");
        let answer = send(&router, request_with("POST", path, &[json], body)).await;
        assert_eq!(refusal(&answer), (401, "not_authenticated".to_owned()), "{path}");
    }
}
