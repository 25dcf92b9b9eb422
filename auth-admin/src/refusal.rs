//! Why there is no page: [`Refusal`], which becomes one where the links of a page are known.

use std::borrow::Cow;
use std::time::Duration;

use auth_runtime::store::StoreError;
use auth_runtime::{AuthError, ErrorKind};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// Why there is no page. Left with the response, for [`finish`](crate::answer::finish) to make one of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nobody is signed in.
    SignIn,
    /// A page that says why.
    Page { status: StatusCode, heading: &'static str, text: Cow<'static, str>, retry_after: Option<Duration> },
}

impl Refusal {
    fn page(status: StatusCode, heading: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self::Page { status, heading, text: text.into(), retry_after: None }
    }

    /// Nothing is at this address.
    pub(crate) fn no_page() -> Self {
        Self::page(StatusCode::NOT_FOUND, "No such page", "There is no page at this address.")
    }

    /// What was meant is not there, or no longer.
    pub(crate) fn gone(text: &'static str) -> Self {
        Self::page(StatusCode::NOT_FOUND, "Not found", text)
    }

    /// What was asked for cannot be done as things are.
    pub(crate) fn conflict(text: &'static str) -> Self {
        Self::page(StatusCode::CONFLICT, "Nothing was changed", text)
    }

    /// What a bare status says, where the answer has no words for people.
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

    /// The refusal that an error of the runtime is for somebody at a browser. The error's source is traced, as
    /// [`Rejection`](auth_runtime::Rejection) does where no page is wanted.
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
