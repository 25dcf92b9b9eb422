//! [`ErrorKind`]: the kind of a refusal.

use http::StatusCode;

/// The kind of an [`AuthError`](crate::AuthError).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The credentials are wrong.
    AuthenticationFailed,
    /// The request needs credentials and has none.
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
