//! Methods that only read.

use http::Method;

/// `GET`, `HEAD` and `OPTIONS`. `TRACE` only reads too, but is not needed.
pub(super) fn reads_only(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}
