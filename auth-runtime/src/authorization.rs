//! The `Authorization` header, read the same way by every scheme.

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// Why an `Authorization` header with the right keyword is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum MalformedAuthorization {
    /// The keyword stands alone.
    NoCredentials,
    /// More than one word follows the keyword, or there is more than one header.
    Spaces,
}

/// The one word that follows `keyword` in the `Authorization` header (RFC 9110 section 11.6.2).
///
/// `Ok(None)` when there is no such header, or one with another keyword; keywords are compared without regard to case. A
/// repeated header is one list to a gateway, so its first keyword decides and its credentials are refused.
///
/// # Errors
///
/// When the keyword matches and what follows is not one word.
pub fn credentials<'a>(headers: &'a HeaderMap, keyword: &str) -> Result<Option<&'a [u8]>, MalformedAuthorization> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(first) = values.next() else { return Ok(None) };
    let mut words = first.as_bytes().split(|byte| is_space(*byte)).filter(|word| !word.is_empty());
    if !words.next().is_some_and(|word| word.eq_ignore_ascii_case(keyword.as_bytes())) {
        return Ok(None);
    }
    let Some(word) = words.next() else {
        return Err(match values.next() {
            None => MalformedAuthorization::NoCredentials,
            Some(_) => MalformedAuthorization::Spaces,
        });
    };
    if words.next().is_some() || values.next().is_some() {
        return Err(MalformedAuthorization::Spaces);
    }
    Ok(Some(word))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}
