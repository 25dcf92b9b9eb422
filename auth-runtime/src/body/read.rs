//! The body of a request, up to axum's limit.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

use crate::refusal::AuthError;

/// Reads the body to its end.
///
/// # Errors
///
/// If it is longer than axum's `DefaultBodyLimit` allows, or if the connection broke.
pub(crate) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, AuthError> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection| AuthError::other(rejection.status(), rejection.body_text(), "invalid_body"))
}
