use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use auth_runtime::{Rejection, handlers};
use auth_runtime::permission::IsStaff;
use axum::{Json, Router};
use axum::extract::{FromRequestParts, OptionalFromRequestParts, Path, Query, State};
use axum::http::{HeaderMap, Uri, request::Parts};
use axum::response::{ErrorResponse, IntoResponse, Result as AxumResult};
use axum::routing::get;
use ui_tests::App;

/// An extractor of this state alone.
struct Page;

impl FromRequestParts<App> for Page {
    type Rejection = Rejection;

    async fn from_request_parts(_: &mut Parts, _: &App) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

impl OptionalFromRequestParts<App> for Page {
    type Rejection = Rejection;

    async fn from_request_parts(_: &mut Parts, _: &App) -> Result<Option<Self>, Rejection> {
        Ok(None)
    }
}

type Pages = (Page, Option<Page>);

#[authenticate(Token)]
async fn of_parts(#[user] _: Account, State(_): State<App>, _: Pages, _: HeaderMap) -> AxumResult<Json<u8>> {
    Err(ErrorResponse::from("no"))
}

#[authenticate(Token)]
async fn of_a_body(#[user] _: Account, State(_): State<App>, _: Option<Page>, Json(body): Json<Vec<u8>>) -> String {
    format!("{body:?}")
}

#[authenticate(Token)]
#[permit(IsStaff)]
async fn first(_: Page, State(_): State<App>, #[cfg(any())] _: String) -> impl IntoResponse {
    "first"
}

#[authenticate(Token, state = App)]
async fn of_a_parameter<T: FromRequestParts<App> + 'static>(#[user] _: Account, _: T, _: Page) -> &'static str {
    "parameter"
}

#[authenticate(Token, state = App)]
async fn of_a_length<const N: usize>(#[user] _: Account, _: Page) -> [(&'static str, String); N] {
    std::array::from_fn(|at| ("x-header", at.to_string()))
}

#[authenticate(Token, state = App)]
async fn opaque(#[user] _: Account, _: impl FromRequestParts<App> + 'static, _: Uri) -> Result<(), Rejection> {
    Ok(())
}

#[authenticate(Token, state = App)]
async fn never(#[user] _: Account) -> ! {
    panic!("never")
}

#[authenticate(Token, state = App)]
#[allow(clippy::manual_async_fn)]
fn future(#[user] _: Account, _: Uri) -> impl Future<Output = &'static str> + Send {
    async { "future" }
}

struct Notes<T>(T);

#[handlers]
impl<T: serde::de::DeserializeOwned + serde::Serialize + Send + 'static> Notes<T> {
    #[authenticate(Token, state = App)]
    async fn add(#[user] _: Account, Query(query): Query<T>) -> Json<T> {
        Json(query)
    }
}

impl IntoResponse for Notes<()> {
    fn into_response(self) -> axum::response::Response {
        ().into_response()
    }
}

#[handlers]
impl Notes<()> {
    #[authenticate(Token, state = App)]
    async fn none(#[user] _: Account, _: Path<u8>) -> Self {
        Self(())
    }
}

fn main() {
    let _ = Router::<App>::new()
        .route("/of-parts", get(of_parts))
        .route("/of-a-body", get(of_a_body))
        .route("/first", get(first))
        .route("/of-a-parameter", get(of_a_parameter::<Uri>))
        .route("/of-a-length", get(of_a_length::<2>))
        .route("/opaque", get(|user, uri: Uri, last| opaque(user, uri, last)))
        .route("/future", get(future))
        .route("/notes", get(Notes::<Vec<u8>>::add).post(Notes::<()>::none));
    let _ = never;
}
