//! Cookies: read from a request, written to a response (RFC 6265).

use std::time::Duration;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// Returns the value of the cookie with this name.
///
/// `None` means that it is absent, or that it appears twice with different values: a neighbouring host may have planted one of
/// them, and it is unknown which.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    std::str::from_utf8(raw_value(headers, name)?).ok()
}

/// As [`value`], but returns bytes.
pub(crate) fn raw_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut found = None;
    for header in headers.get_all(COOKIE) {
        for pair in pairs(header.as_bytes()) {
            let Some(rest) = pair.trim_ascii_start().strip_prefix(name.as_bytes()) else { continue };
            let Some(value) = rest.trim_ascii_start().strip_prefix(b"=") else { continue };
            let value = value.trim_ascii();
            let value = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
            match found {
                Some(other) if other != value => {
                    tracing::debug!(target: "auth::request", cookie = name, "a cookie came twice with different values and is ignored");
                    return None;
                }
                _ => found = Some(value),
            }
        }
    }
    found
}

fn pairs(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    memchr::memchr_iter(b';', header).chain([header.len()]).map(move |end| {
        let pair = &header[start..end];
        start = end + 1;
        pair
    })
}

/// Returns the value of a `Set-Cookie` header: `SameSite=Lax`, for the whole host.
///
/// `None` means that a header cannot contain the name or the value.
pub(crate) fn set(name: &str, value: &str, max_age: Duration, secure: bool, http_only: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let http_only = if http_only { "; HttpOnly" } else { "" };
    let max_age = max_age.as_secs();
    HeaderValue::try_from(format!("{name}={value}; Path=/; Max-Age={max_age}; SameSite=Lax{secure}{http_only}")).ok()
}
