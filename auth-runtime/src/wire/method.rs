//! Methods of HTTP.

use http::Method;

/// Returns whether a request with this method changes nothing (RFC 9110 section 9.2.1).
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}
