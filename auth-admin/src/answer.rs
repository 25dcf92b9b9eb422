//! The headers that every answer has, and an error page for answers without one.

use auth_runtime::views::see_other;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue};
use tracing::Instrument as _;

use crate::here::Here;
use crate::layout;
use crate::refusal::Refusal;

/// Allows no scripts, nothing from other origins, and no framing.
const CONTENT_POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // If a browser hides the origin of a form, it sends `Origin: null`, and the form is refused.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
];

/// Stores the place of the request in its extensions, and completes its answer.
pub(crate) async fn finish(mut request: Request, next: Next) -> Response {
    let here = Here::of(&request);
    request.extensions_mut().insert(here.clone());
    // So that the log of a refusal names the page.
    let span = tracing::error_span!(
        target: "auth::request",
        "auth.admin",
        method = %request.method(),
        path = request.extensions().get().map(MatchedPath::as_str),
    );
    let mut response = next.run(request).instrument(span).await;
    let refusal = response.extensions_mut().remove::<Refusal>();
    if let Some(refusal) = refusal.or_else(|| without_page(&response)) {
        let allow = response.headers_mut().remove(ALLOW);
        response = refuse(&here, refusal);
        response.headers_mut().extend(allow.map(|allow| (ALLOW, allow)));
    }
    response.headers_mut().extend(HEADERS);
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Returns the refusal for an answer that axum made itself, with no more than a line of text.
fn without_page(response: &Response) -> Option<Refusal> {
    let status = response.status();
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
    ((status.is_client_error() || status.is_server_error()) && !is_page).then(|| Refusal::of_status(status))
}

fn refuse(here: &Here, refusal: Refusal) -> Response {
    match refusal {
        Refusal::SignIn => see_other(&here.sign_in()),
        Refusal::Page { status, heading, text, retry_after } => {
            let mut response = (status, layout::refusal(here, status, heading, &text)).into_response();
            let wait = retry_after.map(|wait| (RETRY_AFTER, HeaderValue::from(wait.as_secs())));
            response.headers_mut().extend(wait);
            response
        }
    }
}
