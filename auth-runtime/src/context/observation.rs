//! Observes requests: the span `auth.authenticate` and, with the feature `metrics`, its numbers. For refused requests also the
//! route, and an event if a scheme refused the credentials.

use std::error::Error as _;

use http::request::Parts;
use tracing::field::Empty;
use tracing::{Level, Span};

use super::event::Event;
use super::event_kind::EventKind;
use super::settings::Settings;
use crate::refusal::{AuthError, ErrorKind};

/// The label of a request that no scheme identified.
const NO_SCHEME: &str = "none";

/// One request, from the first scheme to the last throttle.
pub(crate) struct Observation {
    span: Span,
    #[cfg(feature = "metrics")]
    started: std::time::Instant,
}

impl Observation {
    /// Returns whether anything observes requests.
    pub(crate) fn is_wanted() -> bool {
        cfg!(feature = "metrics") || tracing::enabled!(target: "auth::request", Level::DEBUG)
    }

    pub(crate) fn begin(request: &Parts, settings: &Settings) -> Self {
        Self {
            span: tracing::debug_span!(
                target: "auth::request",
                "auth.authenticate",
                scheme = Empty,
                outcome = Empty,
                address = settings.client_address(request).map(tracing::field::display),
            ),
            #[cfg(feature = "metrics")]
            started: std::time::Instant::now(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Ends the observation. `scheme` is the one that identified the caller, if any.
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

/// Sends the event of credentials that a scheme refused. The extractor calls it for every refusal, so that schemes cannot
/// forget it.
pub(crate) fn credentials_refused(error: &AuthError, request: &Parts, settings: &Settings) {
    if error.kind() != ErrorKind::AuthenticationFailed || !settings.events().is_wanted() {
        return;
    }
    // A refusal by a permission has no scheme.
    let Some(scheme) = error.scheme() else { return };
    let exact = error.source().map(ToString::to_string);
    let event = Event::new(EventKind::CredentialsRefused, settings.clock().now()).scheme(Some(scheme));
    let event = event.reason(exact.as_deref().unwrap_or(error.detail()));
    settings.events().emit(&event.from_address(settings.client_address(request)));
}
