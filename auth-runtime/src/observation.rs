//! What is told of each request: the span `auth.authenticate`, and with the feature `metrics` its numbers.

use tracing::Span;
use tracing::field::Empty;

use crate::error::{AuthError, ErrorKind};

/// The scheme of a request that none identified.
const NO_SCHEME: &str = "none";

/// One request, from the first scheme to the last throttle.
pub(crate) struct Observation {
    span: Span,
    #[cfg(feature = "metrics")]
    started: std::time::Instant,
}

impl Observation {
    /// Whether anybody listens.
    pub(crate) fn is_wanted() -> bool {
        cfg!(feature = "metrics") || tracing::enabled!(target: "auth::request", tracing::Level::DEBUG)
    }

    pub(crate) fn begin() -> Self {
        Self {
            span: tracing::debug_span!(target: "auth::request", "auth.authenticate", scheme = Empty, outcome = Empty),
            #[cfg(feature = "metrics")]
            started: std::time::Instant::now(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// `scheme` knew the caller, if any did.
    pub(crate) fn end<T>(self, scheme: Option<&'static str>, result: &Result<T, AuthError>) {
        if result.is_ok() {
            self.span.in_scope(|| tracing::trace!(target: "auth::request", scheme, "request authenticated"));
        }
        let refused_by = result.as_ref().err().and_then(AuthError::scheme);
        let outcome = match result {
            Ok(_) if scheme.is_some() => "authenticated",
            Ok(_) => "anonymous",
            Err(error) => match error.kind() {
                ErrorKind::AuthenticationFailed => "failed",
                ErrorKind::Unavailable | ErrorKind::Internal => "unavailable",
                ErrorKind::Throttled => "throttled",
                ErrorKind::NotAuthenticated | ErrorKind::PermissionDenied | ErrorKind::Other(_) => "denied",
            },
        };
        let scheme = refused_by.or(scheme).unwrap_or(NO_SCHEME);
        self.span.record("scheme", scheme).record("outcome", outcome);
        #[cfg(feature = "metrics")]
        crate::metrics::count_request(scheme, outcome, self.started.elapsed());
    }
}
