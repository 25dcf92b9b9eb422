//! [`ErrorKind`]: what kind of refusal it is.

use http::StatusCode;

/// What kind of refusal an [`AuthError`](crate::AuthError) is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The credentials are wrong.
    AuthenticationFailed,
    /// There are no credentials where some are needed.
    NotAuthenticated,
    /// The caller may not do this.
    PermissionDenied,
    /// The caller must wait.
    Throttled,
    /// A store does not answer.
    Unavailable,
    /// Something in this server is broken.
    Internal,
    /// Any other status.
    Other(StatusCode),
}
