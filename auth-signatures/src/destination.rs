//! Where a request goes that a client signs.

use auth_runtime::Origin;
use http::header::HOST;
use http::{HeaderMap, Uri};

/// The origin of the URI, or else `Host` by https, as the server will see it.
pub(crate) fn origin(uri: &Uri, headers: &HeaderMap) -> Option<Origin> {
    let authority = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => headers.get(HOST)?.to_str().ok()?,
    };
    Origin::parse(&format!("{}://{authority}", uri.scheme_str().unwrap_or("https"))).ok()
}
