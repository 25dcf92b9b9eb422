//! How a refusal is answered: [`Rejection`], and the hook that renders it.

use std::fmt;
use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::challenge::Challenge;
use crate::error::{AuthError, ErrorKind};
use crate::state::AuthState;
use crate::throttle;

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
        match self {
            Self::Json => {
                Json(Body { detail: error.detail(), code: Some(error.code()), problem: None }).into_response()
            }
            Self::DetailOnly => Json(Body { detail: error.detail(), code: None, problem: None }).into_response(),
            Self::Problem => {
                let problem = Problem { title: status.canonical_reason(), status: status.as_u16() };
                let body = Body { detail: error.detail(), code: Some(error.code()), problem: Some(problem) };
                ([(CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
            }
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
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    problem: Option<Problem>,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

/// What problem+json adds.
#[derive(Serialize)]
struct Problem {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'static str>,
    status: u16,
}

/// What a chain makes of a refusal: its challenges and the format of the body.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    challenges: Vec<HeaderValue>,
    no_schemes: bool,
    format: ErrorFormat,
}

impl Answer {
    /// An answer with these challenges, in order. None of them means 403 in the place of 401.
    pub fn new(challenges: Vec<HeaderValue>, format: ErrorFormat) -> Self {
        Self { challenges, no_schemes: false, format }
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
        if self.asks_for_credentials() && self.answer.challenges.is_empty() {
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
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        if self.asks_for_credentials() {
            for challenge in with_own(self.answer.challenges, self.error.challenge()) {
                headers.append(WWW_AUTHENTICATE, challenge);
            }
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

/// The challenges of the chain, with a refusal's own in the place of its scheme's.
fn with_own(mut chain: Vec<HeaderValue>, own: Option<&Challenge>) -> Vec<HeaderValue> {
    let Some(own) = own.and_then(Challenge::to_header_value).filter(|_| !chain.is_empty()) else { return chain };
    let keyword = |challenge: &HeaderValue| {
        let word = challenge.as_bytes().split(|byte| *byte == b' ').next();
        word.map(<[u8]>::to_ascii_lowercase)
    };
    match chain.iter_mut().find(|challenge| keyword(challenge) == keyword(&own)) {
        Some(general) => *general = own,
        None => chain.push(own),
    }
    chain
}
