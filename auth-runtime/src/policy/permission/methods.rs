//! Methods that only read.

use http::Method;

/// `GET`, `HEAD` and `OPTIONS`. `TRACE` reads too, but nobody needs it to.
pub(super) fn reads_only(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}
