//! The origin of a request, as its signature covers it.

use auth_runtime::{Origin, PublicOrigin};
use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, Uri};

/// Returns the origin that a client signs: that of the URI, or else `Host` with https, as the server will see it.
pub(crate) fn sent(uri: &Uri, headers: &HeaderMap) -> Option<Origin> {
    let authority = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => headers.get(HOST)?.to_str().ok()?,
    };
    Origin::parse(&format!("{}://{authority}", uri.scheme_str().unwrap_or("https"))).ok()
}

/// Returns the origin of a received request. `None` means that it does not name a host.
///
/// # Errors
///
/// If the request names two hosts (RFC 9112 section 3.2, RFC 9113 section 8.3.1): an intermediary may have used the other one.
pub(crate) fn received(request: &Parts, public: &PublicOrigin) -> Result<Option<Origin>, &'static str> {
    let origin = public.of(request);
    let mut hosts = request.headers.get_all(HOST).iter();
    let Some(host) = hosts.next() else { return Ok(origin) };
    if hosts.next().is_some() {
        return Err("there is more than one Host");
    }
    if let Some(authority) = request.uri.authority()
        && !authority.as_str().as_bytes().eq_ignore_ascii_case(host.as_bytes())
    {
        // Only one of the two may spell out the default port.
        let is_same = |scheme: &str| {
            let named = |authority: &str| Origin::parse(&format!("{scheme}://{authority}")).ok();
            let host = host.to_str().ok().and_then(named);
            host.is_some() && host == named(authority.as_str())
        };
        if !is_same("https") && !is_same("http") {
            return Err("Host is another than the authority of the request");
        }
    }
    Ok(origin)
}
