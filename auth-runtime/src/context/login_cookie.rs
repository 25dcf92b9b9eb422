//! The login cookie of a request.

use http::HeaderMap;

use super::settings::Settings;
use crate::value::secret::Digest;
use crate::wire::cookie;

/// Returns the digest of the login cookie, if there is one.
pub(crate) fn cookie_digest(request: &HeaderMap, settings: &Settings) -> Option<Digest> {
    cookie::raw_value(request, settings.session().cookie_name()).map(Digest::of)
}
