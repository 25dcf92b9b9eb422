//! The bodies of requests and answers.

use std::time::Duration;

use auth_runtime::AuthError;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads the fields of a body: JSON, a form, or an empty body, which has no fields.
pub(crate) async fn read<T: DeserializeOwned>(parts: &Parts, body: axum::body::Body) -> Result<T, AuthError> {
    let request = Request::from_parts(parts.clone(), body);
    if is(&parts.headers, "application/x-www-form-urlencoded") {
        let form = Form::<T>::from_request(request, &()).await;
        return form.map(|Form(fields)| fields).map_err(|error| invalid(error.status(), &error.body_text()));
    }
    let bytes = Bytes::from_request(request, &()).await;
    let bytes = bytes.map_err(|error| invalid(error.status(), "The body cannot be read."))?;
    let json = if bytes.is_empty() {
        "{}"
    } else if is(&parts.headers, "application/json") {
        // RFC 8259, section 8.1. The parser does not validate the text that it skips.
        std::str::from_utf8(&bytes).map_err(|_| invalid(StatusCode::BAD_REQUEST, ""))?
    } else {
        let detail = "The body must be application/json or application/x-www-form-urlencoded.";
        return Err(AuthError::other(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail, "unsupported_media_type"));
    };
    if json.trim_ascii_start().starts_with('[') {
        // serde would accept an array as the fields of a struct, in order.
        return Err(invalid(StatusCode::BAD_REQUEST, ""));
    }
    serde_json::from_str(json).map_err(|error| invalid(StatusCode::BAD_REQUEST, &error.to_string()))
}

/// Returns the error for a malformed body. It repeats only the names of fields, since a value may be a password.
fn invalid(status: StatusCode, error: &str) -> AuthError {
    let status = if status.is_client_error() { status } else { StatusCode::BAD_REQUEST };
    let status = if status == StatusCode::UNPROCESSABLE_ENTITY { StatusCode::BAD_REQUEST } else { status };
    let missing = error.split_once("missing field `").and_then(|(_, rest)| rest.split_once('`'));
    let detail = match (status, missing) {
        (StatusCode::PAYLOAD_TOO_LARGE, _) => "The body is too large.".to_owned(),
        (_, Some((field, _))) => format!("The field `{field}` is missing."),
        _ => "The body is malformed, or a field has another type than it should.".to_owned(),
    };
    AuthError::other(status, detail, "invalid")
}

fn is(headers: &HeaderMap, media_type: &str) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
}

/// The name at the end of an endpoint's path. A path that is not valid text matches nothing.
pub(crate) struct PathName(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathName {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        // The parameters of the path that the router is nested at come first.
        let name = params.ok().and_then(|params| params.iter().last().map(|(_, name)| name.to_owned()));
        Ok(Self(name.unwrap_or_default()))
    }
}

pub(crate) fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    (status, Json(body)).into_response()
}

/// Forbids caching of every answer: it is about one caller, and may contain a secret.
pub(crate) async fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Returns the error for a method that an endpoint does not support.
pub(crate) fn method_not_allowed(method: &Method) -> AuthError {
    let detail = format!("Method \"{method}\" not allowed.");
    AuthError::other(StatusCode::METHOD_NOT_ALLOWED, detail, "method_not_allowed")
}

/// Formats a time since the Unix epoch in RFC 3339, to the millisecond.
pub(crate) fn time(time: Duration) -> String {
    format!("{:.3}", timestamp(time))
}

/// Formats a time as Django REST framework does: to the microsecond, or without a fraction.
#[cfg(any(feature = "durin", feature = "knox"))]
pub(crate) fn django_time(time: Duration) -> String {
    let time = timestamp(time);
    if time.subsec_nanosecond() == 0 { format!("{time:.0}") } else { format!("{time:.6}") }
}

/// Converts a time. A time beyond the year 9999 becomes the latest one that can be represented.
fn timestamp(time: Duration) -> Timestamp {
    let since = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    Timestamp::from_duration(since).unwrap_or(Timestamp::MAX)
}
