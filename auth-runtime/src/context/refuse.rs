//! Adds the request and the settings to a refusal: [`Rejection::without_chain`].

use http::request::Parts;
use tracing::Level;

use super::settings::Settings;
use super::state::AuthState;
use crate::refusal::{Answer, AuthError, Place, Rejection};

/// Returns which request it is, for a log. `None` means that nothing would be logged.
fn place(request: &Parts, settings: &Settings) -> Option<Box<Place>> {
    tracing::enabled!(target: "auth::request", Level::ERROR).then(|| {
        Box::new(Place {
            method: request.method.clone(),
            path: request.extensions.get().cloned(),
            address: settings.client_address(request),
        })
    })
}

impl Answer {
    /// Returns the answer of a request without a chain. It has no challenge.
    pub(crate) fn without_chain<S: AuthState>(request: &Parts, state: &S) -> Self {
        let format = state.auth_context().settings().error_format().clone();
        Self::new(Vec::new(), format).to(request, state)
    }

    /// Adds the request, so that the log of a refusal names it.
    pub(crate) fn to<S: AuthState>(self, request: &Parts, state: &S) -> Self {
        self.at(place(request, state.auth_context().settings()))
    }
}

impl Rejection {
    /// Refuses a request without a chain. It has no challenge, so a 401 becomes a 403.
    pub fn without_chain<S: AuthState>(error: AuthError, request: &Parts, state: &S) -> Self {
        Self::new(error, Answer::without_chain(request, state))
    }
}
