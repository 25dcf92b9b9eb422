//! How a refusal is answered: [`Rejection`], and the hook that renders it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::MatchedPath;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

use super::error::AuthError;
use super::kind::ErrorKind;
use super::place::Place;
use super::words::is_plain;
use crate::value::quota;
use crate::wire::challenge::Challenge;

// Validated at compile time, and cloned without a copy.
static JSON: HeaderValue = HeaderValue::from_static("application/json");
static PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
static NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The body of a refusal.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum ErrorFormat {
    /// `{"detail": "..", "code": ".."}`.
    #[default]
    Json,
    /// `{"detail": ".."}`, as in Django REST framework.
    DetailOnly,
    /// `application/problem+json` with `title`, `status`, `detail` and `code` (RFC 9457).
    Problem,
    /// The response that a function returns. Status and headers are added afterwards if it left them out.
    Custom(Arc<Render>),
}

/// The renderer of [`ErrorFormat::custom`].
type Render = dyn Fn(&AuthError, StatusCode) -> Response + Send + Sync;

impl ErrorFormat {
    /// Renders refusals with `render`, which receives the error and the status that the chain decided.
    pub fn custom(render: impl Fn(&AuthError, StatusCode) -> Response + Send + Sync + 'static) -> Self {
        Self::Custom(Arc::new(render))
    }

    fn render(&self, error: &AuthError, status: StatusCode) -> Response {
        let (body, content_type) = match self {
            Self::Custom(render) => {
                let mut response = render(error, status);
                *response.status_mut() = status;
                response.headers_mut().entry(CACHE_CONTROL).or_insert(NO_STORE.clone());
                return response;
            }
            Self::Json => (error.json().map_or_else(|| json(error).into(), Body::from), &JSON),
            Self::DetailOnly => ([r#"{"detail":""#, &escaped(error.detail()), r#""}"#].concat().into(), &JSON),
            Self::Problem => (problem(error, status).into(), &PROBLEM_JSON),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
        response.headers_mut().insert(CACHE_CONTROL, NO_STORE.clone());
        response
    }
}

impl fmt::Debug for ErrorFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "Json",
            Self::DetailOnly => "DetailOnly",
            Self::Problem => "Problem",
            Self::Custom(_) => "Custom(..)",
        })
    }
}

// Each function below writes its body in one call, in the order of the fields.

fn json(error: &AuthError) -> String {
    [r#"{"detail":""#, &escaped(error.detail()), r#"","code":""#, &escaped(error.code()), r#""}"#].concat()
}

fn problem(error: &AuthError, status: StatusCode) -> String {
    let title = status.canonical_reason().map_or_else(String::new, |title| format!(r#""title":"{title}","#));
    let (detail, code) = (escaped(error.detail()), escaped(error.code()));
    let status = status.as_str();
    ["{", &title, r#""status":"#, status, r#","detail":""#, &detail, r#"","code":""#, &code, r#""}"#].concat()
}

/// Escapes `text` for a JSON string. Nearly no text needs escaping.
fn escaped(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let quoted = Value::from(text).to_string();
    Cow::Owned(quoted[1..quoted.len() - 1].to_owned())
}

/// How a chain answers a refusal: its challenges and the format of the body.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    asks_for: AsksFor,
    no_schemes: bool,
    format: ErrorFormat,
    place: Option<Box<Place>>,
}

/// The challenges of a 401.
#[derive(Debug, Clone, Default)]
enum AsksFor {
    /// No challenge, which makes it a 403.
    #[default]
    Nothing,
    /// The challenge of the first scheme.
    First(HeaderValue),
    /// The challenges of all schemes.
    All(Vec<HeaderValue>),
}

impl Answer {
    /// Creates an answer with these challenges, in order. No challenges mean 403 instead of 401.
    pub fn new(challenges: Vec<HeaderValue>, format: ErrorFormat) -> Self {
        let asks_for = if challenges.is_empty() { AsksFor::Nothing } else { AsksFor::All(challenges) };
        Self { asks_for, no_schemes: false, format, place: None }
    }

    /// Creates an answer with this challenge.
    pub(crate) fn of(challenge: Option<HeaderValue>, format: ErrorFormat) -> Self {
        let asks_for = challenge.map_or(AsksFor::Nothing, AsksFor::First);
        Self { asks_for, no_schemes: false, format, place: None }
    }

    /// Adds the request that is refused.
    pub(crate) fn at(self, place: Option<Box<Place>>) -> Self {
        Self { place, ..self }
    }

    pub(crate) fn of_empty_chain(mut self, empty: bool) -> Self {
        self.no_schemes = empty;
        self
    }

    pub(crate) fn has_no_schemes(&self) -> bool {
        self.no_schemes
    }
}

/// A refusal with its answer, ready to be sent. Handlers get one from [`Identity::reject`](crate::Identity::reject).
#[derive(Debug)]
pub struct Rejection {
    error: AuthError,
    answer: Answer,
}

impl Rejection {
    pub(crate) fn new(error: AuthError, answer: Answer) -> Self {
        Self { error, answer }
    }

    /// Returns why the request is refused.
    pub fn error(&self) -> &AuthError {
        &self.error
    }

    /// Returns the status that will be sent.
    pub fn status(&self) -> StatusCode {
        if self.asks_for_credentials() && matches!(self.answer.asks_for, AsksFor::Nothing) {
            StatusCode::FORBIDDEN
        } else {
            self.error.status()
        }
    }

    fn asks_for_credentials(&self) -> bool {
        matches!(self.error.kind(), ErrorKind::AuthenticationFailed | ErrorKind::NotAuthenticated)
    }

    fn trace(&self, status: StatusCode) {
        let (error, place) = (&self.error, self.answer.place.as_deref());
        // The level of an event must be known at compile time.
        macro_rules! refused {
            ($level:expr) => {
                tracing::event!(
                    target: "auth::request",
                    $level,
                    %status,
                    code = error.code(),
                    scheme = error.scheme(),
                    method = place.map(|place| tracing::field::display(&place.method)),
                    path = place.and_then(|place| place.path.as_ref()).map(MatchedPath::as_str),
                    address = place.and_then(|place| place.address).map(tracing::field::display),
                    source = std::error::Error::source(error).map(tracing::field::display),
                    "request refused: {error}"
                )
            };
        }
        match error.kind() {
            ErrorKind::Unavailable | ErrorKind::Internal => refused!(tracing::Level::ERROR),
            _ => refused!(tracing::Level::DEBUG),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.error)
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let status = self.status();
        self.trace(status);
        let mut response = self.answer.format.render(&self.error, status);
        let headers = response.headers_mut();
        if self.asks_for_credentials() {
            let own = self.error.challenge();
            match self.answer.asks_for {
                AsksFor::Nothing => {}
                AsksFor::First(first) => send_challenges(headers, [first], own),
                AsksFor::All(all) => send_challenges(headers, all, own),
            }
        }
        if let Some(allow) = self.error.allow() {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if let Some(wait) = self.error.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        if !self.error.quotas().is_empty() {
            for (name, value) in quota::fields(self.error.quotas()) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// The answer without a chain: JSON as in [`ErrorFormat::Json`], regardless of the settings, and without a challenge, so that a
/// 401 becomes a 403. [`Identity::reject`](crate::Identity::reject) returns the answer of the handler's chain.
impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        Rejection::new(self, Answer::default()).into_response()
    }
}

/// Sends the challenges of a chain. A challenge of the refusal itself replaces that of its scheme, or comes after them.
fn send_challenges(headers: &mut HeaderMap, chain: impl IntoIterator<Item = HeaderValue>, own: Option<&Challenge>) {
    let mut own = own.and_then(Challenge::to_header_value);
    for challenge in chain {
        let own = own.take_if(|own| keyword(own).eq_ignore_ascii_case(keyword(&challenge)));
        headers.append(WWW_AUTHENTICATE, own.unwrap_or(challenge));
    }
    if let Some(own) = own {
        headers.append(WWW_AUTHENTICATE, own);
    }
}

/// Returns the first word of a challenge.
fn keyword(challenge: &HeaderValue) -> &[u8] {
    challenge.as_bytes().split(|byte| *byte == b' ').next().unwrap_or_default()
}
