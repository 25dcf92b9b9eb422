//! What is told of each request: the span `auth.authenticate`, and with the feature `metrics` its numbers.

use tracing::Span;
use tracing::field::Empty;

use crate::error::{AuthError, ErrorKind};

/// The scheme of a request that none identified.
const NO_SCHEME: &str = "none";

/// One request, from the first scheme to the last throttle.
pub(crate) struct Observation {
    span: Span,
    scheme: Option<&'static str>,
    #[cfg(feature = "metrics")]
    started: std::time::Instant,
}

impl Observation {
    pub(crate) fn begin() -> Self {
        Self {
            span: tracing::debug_span!(target: "auth::request", "auth.authenticate", scheme = Empty, outcome = Empty),
            scheme: None,
            #[cfg(feature = "metrics")]
            started: std::time::Instant::now(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// The chain has been asked: this scheme knew the caller, if any did.
    pub(crate) fn identified(&mut self, scheme: Option<&'static str>) {
        self.scheme = scheme;
    }

    pub(crate) fn end<T>(self, result: &Result<T, AuthError>) {
        let refused_by = result.as_ref().err().and_then(AuthError::scheme);
        let outcome = match result {
            Ok(_) if self.scheme.is_some() => "authenticated",
            Ok(_) => "anonymous",
            Err(error) => match error.kind() {
                ErrorKind::AuthenticationFailed => "failed",
                ErrorKind::Unavailable | ErrorKind::Internal => "unavailable",
                ErrorKind::Throttled => "throttled",
                ErrorKind::NotAuthenticated | ErrorKind::PermissionDenied | ErrorKind::Other(_) => "denied",
            },
        };
        let scheme = refused_by.or(self.scheme).unwrap_or(NO_SCHEME);
        self.span.record("scheme", scheme).record("outcome", outcome);
        #[cfg(feature = "metrics")]
        crate::metrics::count_request(scheme, outcome, self.started.elapsed());
    }
}
