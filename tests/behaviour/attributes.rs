//! `#[authenticate]` beside other attributes, and handlers of every shape.
//!
//! `#[debug_handler]` works below `#[authenticate]` and nowhere else: above, it expands first, and calls the handler with
//! as many arguments as were written, which are one too few. That cannot be a test, since it does not compile.

use std::fmt::Display;

use auth_runtime::permission::{IsAuthenticated, IsStaff};
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::store::AccessToken;
use auth_runtime::{AuthError, Identity, Rejection, authenticate, handlers};
use auth_store::Account;
use axum::body::{Body, Bytes};
use axum::extract::{Form, Json, Path, Query, RawQuery, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, Version};
use axum::response::IntoResponse;
use axum::routing::{get as on_get, post as on_post};
use axum::{Router, debug_handler};
use http_body_util::BodyExt;
use tests::{App, app, get, request_with, send};
use tracing::instrument;
use utoipa::OpenApi;

use crate::support::refusal;

#[authenticate(Token)]
#[debug_handler]
async fn debug_below(#[user] me: Account, #[auth] token: AccessToken, State(_): State<App>) -> String {
    format!("{} {}", me.username, token.id.is_empty())
}

#[authenticate(Token, state = App)]
#[permit(IsAuthenticated)]
#[axum::debug_handler(state = App)]
async fn debug_below_with_body(#[user] me: Option<Account>, body: String) -> String {
    format!("{:?} {body}", me.map(|me| me.username))
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

#[cfg(all())]
#[authenticate(Token)]
async fn compiled(#[user] me: Account) -> String {
    me.username
}

#[cfg(any())]
#[authenticate(Missing)]
async fn compiled(#[user] me: Missing) -> String {
    me
}

#[authenticate(Token)]
#[cfg(all())]
async fn compiled_below(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Token)]
#[cfg(any())]
async fn compiled_below(#[user] me: Account, missing: Missing) -> String {
    me.username
}

#[cfg_attr(all(), authenticate(Token))]
#[cfg_attr(all(), permit(IsAuthenticated))]
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
#[permit(IsAuthenticated)]
async fn generic_body<T: serde::de::DeserializeOwned + Display + Send>(Json(value): Json<T>) -> String {
    value.to_string()
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
    a: Option<axum::Extension<()>>,
    b: Option<axum::Extension<u8>>,
    c: Option<axum::Extension<u16>>,
    d: Option<axum::Extension<u32>>,
    e: Option<axum::Extension<u64>>,
    body: Bytes,
) -> String {
    assert!(a.is_none() && b.is_none() && c.is_none() && d.is_none() && e.is_none());
    assert_eq!((again, version), (uri, Version::HTTP_11));
    format!("{} {method} {} {raw:?} {} {}", me.username, headers.len(), id.id, body.len())
}

#[authenticate(Token)]
async fn patterns(#[user] Account { username, id: _, .. }: Account, #[auth] mut token: AccessToken) -> String {
    token.id.clear();
    format!("{username} {}", token.id)
}

/// Documented, and whatever `user` and `auth` are called does not matter.
#[authenticate(Token)]
#[must_use]
async fn names(#[user] auth: Account, #[auth] user: AccessToken, body: String) -> String {
    let request = user.id.len();
    format!("{} {body} {}", auth.username, request > 0)
}

#[authenticate(Token)]
async fn json(#[user] me: Account, Json(value): Json<Vec<u8>>) -> Json<Vec<String>> {
    Json(value.into_iter().map(|value| format!("{} {value}", me.username)).collect())
}

#[derive(serde::Deserialize)]
struct Note {
    text: String,
}

#[authenticate(Token)]
async fn form(#[user] me: Account, Form(note): Form<Note>) -> String {
    format!("{} {}", me.username, note.text)
}

#[authenticate(Token)]
async fn bytes(#[user] me: Account, body: Bytes) -> String {
    format!("{} {}", me.username, body.len())
}

#[authenticate(Token)]
async fn text(body: String, #[user] me: Account) -> String {
    format!("{} {body}", me.username)
}

#[authenticate(Token)]
async fn whole(#[user] me: Account, request: Request) -> String {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    format!("{} {}", me.username, body.len())
}

#[authenticate(Token)]
async fn streamed(#[user] me: Account, body: Body) -> String {
    format!("{} {}", me.username, body.collect().await.unwrap().to_bytes().len())
}

#[authenticate(Token)]
async fn result_of_body(
    #[user] me: Account,
    body: Result<Json<u8>, axum::extract::rejection::JsonRejection>,
) -> String {
    format!("{} {}", me.username, body.is_ok())
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

    #[cfg(any())]
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
        .route("/generic-body", on_post(generic_body::<i64>))
        .route("/returns-future", on_get(returns_future))
        .route("/impl-response", on_get(impl_response))
        .route("/question-mark/{number}", on_get(question_mark))
        .route("/fifteen", on_post(fifteen))
        .route("/patterns", on_get(patterns))
        .route("/names", on_post(names))
        .route("/json", on_post(json))
        .route("/form", on_post(form))
        .route("/bytes", on_post(bytes))
        .route("/text", on_post(text))
        .route("/whole", on_post(whole))
        .route("/streamed", on_post(streamed))
        .route("/result-of-body", on_post(result_of_body))
        .route("/notes", on_get(Notes::list).post(Notes::create))
        .route("/notes/{id}", on_get(Notes::show))
        .route("/others", on_get(Others::<u8>::list))
        .route("/inner", on_get(inner::whoever))
        .with_state(app)
}

const TOKEN: (&str, &str) = ("authorization", "Token ada-token");

#[tokio::test]
async fn other_attributes_go_on_working() {
    let router = router(app().await);
    for (path, wanted) in [
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
    let paths: Vec<_> = Api::openapi().paths.paths.into_keys().collect();
    assert_eq!(paths, ["/all-above", "/all-below", "/openapi-above", "/openapi-below"]);
}

#[tokio::test]
async fn handlers_of_every_shape_are_handlers() {
    let router = router(app().await);
    for (path, wanted) in [
        ("/generic", "ada 0 3 /generic"),
        ("/returns-future", "ada"),
        ("/patterns", "ada "),
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
async fn bodies_of_every_kind_reach_the_handler() {
    let router = router(app().await);
    let json = ("content-type", "application/json");
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (path, content_type, body, wanted) in [
        ("/json", json, "[1, 2]", "[\"ada 1\",\"ada 2\"]"),
        ("/form", form, "text=hi+there", "ada hi there"),
        ("/bytes", form, "four", "ada 4"),
        ("/text", form, "some text", "ada some text"),
        ("/whole", json, "12345", "ada 5"),
        ("/streamed", json, "123", "ada 3"),
        ("/result-of-body", json, "300", "ada false"),
        ("/result-of-body", json, "30", "ada true"),
        ("/generic-body", json, "-5", "-5"),
        ("/names", json, "x", "ada x true"),
        ("/notes", json, "new", "ada new 9"),
        ("/fifteen?id=3", json, "abc", "ada POST 3 Some(\"id=3\") 3 3"),
    ] {
        let answer = send(&router, request_with("POST", path, &[TOKEN, content_type], body)).await;
        assert_eq!(answer.body, wanted, "{path}");
        let answer = send(&router, request_with("POST", path, &[content_type], "{ not at all")).await;
        assert_eq!(refusal(&answer), (401, "not_authenticated".to_owned()), "{path}: the body is not looked at");
        let bad = ("authorization", "Token nonsense");
        let answer = send(&router, request_with("POST", path, &[bad, content_type], "{ not at all")).await;
        assert_eq!(refusal(&answer), (401, "authentication_failed".to_owned()), "{path}");
    }
    for path in ["/json", "/form", "/generic-body"] {
        let answer = send(&router, request_with("POST", path, &[TOKEN, json], "{ not at all")).await;
        assert_eq!(answer.status.as_u16() / 100, 4, "{path}: a bad body is the extractor's matter");
        assert_ne!(answer.status, 401, "{path}");
    }
}
