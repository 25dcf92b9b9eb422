//! [`Refusal`]: why a page is not shown. It is rendered as a page once the links are known.

use std::borrow::Cow;
use std::time::Duration;

use auth_runtime::store::StoreError;
use auth_runtime::{AuthError, ErrorKind};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// Why a page is not shown. Stored in the response, for [`finish`](crate::answer::finish) to render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The request has no valid login.
    SignIn,
    /// An error page with this text.
    Page { status: StatusCode, heading: &'static str, text: Cow<'static, str>, retry_after: Option<Duration> },
}

impl Refusal {
    fn page(status: StatusCode, heading: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self::Page { status, heading, text: text.into(), retry_after: None }
    }

    /// The address does not exist.
    pub(crate) fn no_page() -> Self {
        Self::page(StatusCode::NOT_FOUND, "No such page", "There is no page at this address.")
    }

    /// The requested object does not exist, or no longer does.
    pub(crate) fn gone(text: &'static str) -> Self {
        Self::page(StatusCode::NOT_FOUND, "Not found", text)
    }

    /// The request conflicts with the current state.
    pub(crate) fn conflict(text: &'static str) -> Self {
        Self::page(StatusCode::CONFLICT, "Nothing was changed", text)
    }

    /// Returns the refusal for a status whose answer has no text for people.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::SignIn,
            StatusCode::NOT_FOUND => Self::no_page(),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::page(status, "No such page", "This address takes what a form sends, and has no page of its own.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::page(status, "Too long", "The form was longer than this server takes.")
            }
            status if status.is_server_error() => {
                Self::page(status, "Something is broken", "The server could not do this. Its log says why.")
            }
            status => Self::page(status, "Not understood", "The server could not read what the browser sent."),
        }
    }

    /// Converts an error of the runtime into a refusal for a browser. Logs the source of the error, as
    /// [`Rejection`](auth_runtime::Rejection) does for other clients.
    pub(crate) fn of(error: &AuthError) -> Self {
        let source = std::error::Error::source(error).map(tracing::field::display);
        match error.kind() {
            ErrorKind::Unavailable | ErrorKind::Internal => {
                tracing::error!(target: "auth::request", code = error.code(), source, "request refused: {error}");
            }
            _ => tracing::debug!(target: "auth::request", code = error.code(), source, "request refused: {error}"),
        }
        match error.kind() {
            ErrorKind::NotAuthenticated | ErrorKind::AuthenticationFailed => Self::SignIn,
            ErrorKind::PermissionDenied if error.code() == "csrf_failed" => Self::page(
                StatusCode::FORBIDDEN,
                "The form was not accepted",
                "It was sent from another site, or it is older than your login. Nothing was changed. Open the page again \
                 and repeat what you did.",
            ),
            ErrorKind::PermissionDenied => Self::page(
                StatusCode::FORBIDDEN,
                "For staff only",
                "You are signed in with an account that does not belong to the staff.",
            ),
            ErrorKind::Throttled => Self::Page {
                status: StatusCode::TOO_MANY_REQUESTS,
                heading: "Too many requests",
                text: "Please try again later.".into(),
                retry_after: error.retry_after(),
            },
            ErrorKind::Unavailable => Self::Page {
                status: StatusCode::SERVICE_UNAVAILABLE,
                heading: "Not available",
                text: "The server cannot do this at the moment. Please try again later.".into(),
                retry_after: error.retry_after(),
            },
            _ => Self::of_status(error.status()),
        }
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        Self::of(&error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::of(&error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
