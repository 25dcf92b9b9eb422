//! How a refusal is answered: [`Rejection`], and the hook that renders it.

use std::fmt;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

use crate::challenge::Challenge;
use crate::error::{AuthError, ErrorKind};
use crate::state::AuthState;
use crate::throttle;

// Checked when they are compiled, and cloned without a copy.
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
    /// `{"detail": ".."}`, as Django REST framework has it.
    DetailOnly,
    /// `application/problem+json` with `title`, `status`, `detail` and `code` (RFC 9457).
    Problem,
    /// Whatever the function makes of it; status and headers are set afterwards where it left them out.
    Custom(Arc<Render>),
}

/// What [`ErrorFormat::custom`] renders with.
type Render = dyn Fn(&AuthError, StatusCode) -> Response + Send + Sync;

impl ErrorFormat {
    /// Renders refusals with `render`, which gets the error and the status that the chain decided.
    pub fn custom(render: impl Fn(&AuthError, StatusCode) -> Response + Send + Sync + 'static) -> Self {
        Self::Custom(Arc::new(render))
    }

    fn render(&self, error: &AuthError, status: StatusCode) -> Response {
        let body = Body { status: None, detail: error.detail(), code: Some(error.code()) };
        match self {
            Self::Json => body.into_response(&JSON),
            Self::DetailOnly => Body { code: None, ..body }.into_response(&JSON),
            Self::Problem => Body { status: Some(status), ..body }.into_response(&PROBLEM_JSON),
            Self::Custom(render) => render(error, status),
        }
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

/// The body of a refusal, in the order in which one reads it.
struct Body<'a> {
    status: Option<StatusCode>,
    detail: &'a str,
    code: Option<&'a str>,
}

impl Body<'_> {
    fn into_response(self, content_type: &HeaderValue) -> Response {
        let mut response = Response::new(axum::body::Body::from(self.to_json()));
        response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
        response
    }

    fn to_json(&self) -> String {
        let mut json = String::with_capacity(64 + self.detail.len());
        json.push('{');
        if let Some(status) = self.status {
            if let Some(title) = status.canonical_reason() {
                push_text(&mut json, "\"title\":\"", title);
                json.push(',');
            }
            json.push_str("\"status\":");
            json.push_str(status.as_str());
            json.push(',');
        }
        push_text(&mut json, "\"detail\":\"", self.detail);
        if let Some(code) = self.code {
            push_text(&mut json, ",\"code\":\"", code);
        }
        json.push('}');
        json
    }
}

/// Writes a text behind its name and a quotation mark. Nearly all have nothing to escape and go in at once: a server that is
/// flooded does little else than refuse.
fn push_text(json: &mut String, name: &str, text: &str) {
    let is_plain = |byte| byte >= b' ' && byte != b'"' && byte != b'\\';
    json.push_str(name);
    // Without a way out at the first one that is not: so it is compiled to a few vector instructions.
    if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        json.push_str(text);
        json.push('"');
    } else {
        json.push_str(&Value::from(text).to_string()[1..]);
    }
}

/// What a chain makes of a refusal: its challenges and the format of the body.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The first scheme's, and those of later ones where they are sent.
    challenge: Option<HeaderValue>,
    later: Vec<HeaderValue>,
    no_schemes: bool,
    format: ErrorFormat,
}

impl Answer {
    /// An answer with these challenges, in order. None of them means 403 in the place of 401.
    pub fn new(challenges: Vec<HeaderValue>, format: ErrorFormat) -> Self {
        let mut challenges = challenges.into_iter();
        Self::of(challenges.next(), challenges.collect(), format)
    }

    pub(crate) fn of(challenge: Option<HeaderValue>, later: Vec<HeaderValue>, format: ErrorFormat) -> Self {
        Self { challenge, later, no_schemes: false, format }
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
    answer: Box<Answer>,
}

impl Rejection {
    pub(crate) fn new(error: AuthError, answer: Answer) -> Self {
        Self { error, answer: Box::new(answer) }
    }

    /// For an answer that no chain stands before: there is nothing to ask for.
    pub fn without_chain<S: AuthState>(error: AuthError, state: &S) -> Self {
        Self::new(error, Answer::new(Vec::new(), state.authentication().settings().error_format().clone()))
    }

    /// Why the request is refused.
    pub fn error(&self) -> &AuthError {
        &self.error
    }

    /// The status that will be sent.
    pub fn status(&self) -> StatusCode {
        if self.asks_for_credentials() && self.answer.challenge.is_none() {
            StatusCode::FORBIDDEN
        } else {
            self.error.status()
        }
    }

    fn asks_for_credentials(&self) -> bool {
        matches!(self.error.kind(), ErrorKind::AuthenticationFailed | ErrorKind::NotAuthenticated)
    }

    fn trace(&self, status: StatusCode) {
        let error = &self.error;
        let source = std::error::Error::source(error).map(tracing::field::display);
        match error.kind() {
            ErrorKind::Unavailable | ErrorKind::Internal => {
                tracing::error!(target: "auth::request", %status, code = error.code(), source, "request refused: {error}");
            }
            _ => {
                tracing::debug!(target: "auth::request", %status, code = error.code(), source, "request refused: {error}");
            }
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
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.entry(CACHE_CONTROL).or_insert(NO_STORE.clone());
        if self.asks_for_credentials()
            && let Some(first) = self.answer.challenge
        {
            send_challenges(headers, first, self.answer.later, self.error.challenge());
        }
        if let Some(allow) = self.error.allow() {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if let Some(wait) = self.error.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        for (name, value) in throttle::fields(self.error.quotas()) {
            headers.insert(name, value);
        }
        response
    }
}

/// Sends the challenges of a chain, with a refusal's own in the place of its scheme's, or behind them.
fn send_challenges(headers: &mut HeaderMap, first: HeaderValue, later: Vec<HeaderValue>, own: Option<&Challenge>) {
    let mut own = own.and_then(Challenge::to_header_value);
    for challenge in std::iter::once(first).chain(later) {
        let own = own.take_if(|own| keyword(own).eq_ignore_ascii_case(keyword(&challenge)));
        headers.append(WWW_AUTHENTICATE, own.unwrap_or(challenge));
    }
    if let Some(own) = own {
        headers.append(WWW_AUTHENTICATE, own);
    }
}

/// The first word of a challenge.
fn keyword(challenge: &HeaderValue) -> &[u8] {
    challenge.as_bytes().split(|byte| *byte == b' ').next().unwrap_or_default()
}
