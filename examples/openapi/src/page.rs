//! The page, its script and its style: served from this program, so that the page loads nothing from other sites.

use auth_runtime::audit::{Routes, get};
use auth_runtime::authenticate;
use auth_runtime::permission::AllowAny;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use axum::response::{Html, IntoResponse};

use crate::state::App;

/// The page can send the typed credentials only to this origin, and only our script can read them.
const POLICY: (HeaderName, &str) = (
    CONTENT_SECURITY_POLICY,
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

pub(crate) fn routes() -> Routes<App> {
    Routes::new()
        .route("/", get(page))
        .route("/page.js", get(script))
        .route("/page.css", get(style))
        .route("/openapi.json", get(document))
}

#[authenticate(none)]
#[permit(AllowAny)]
async fn page() -> impl IntoResponse {
    ([POLICY], Html(include_str!("page/page.html")))
}

#[authenticate(none)]
#[permit(AllowAny)]
async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("page/page.js"))
}

#[authenticate(none)]
#[permit(AllowAny)]
async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("page/page.css"))
}

#[authenticate(none)]
#[permit(AllowAny)]
async fn document(State(app): State<App>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], app.document().to_owned())
}
