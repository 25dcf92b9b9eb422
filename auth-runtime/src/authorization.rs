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
    let Some(rest) = after_keyword(first.as_bytes(), keyword.as_bytes()) else { return Ok(None) };
    let word = start_trimmed(rest);
    if word.is_empty() {
        return Err(match values.next() {
            None => MalformedAuthorization::NoCredentials,
            Some(_) => MalformedAuthorization::Spaces,
        });
    }
    // The least of all bytes takes a few vector instructions, and it is nearly always above the spaces.
    let word = if word.iter().copied().fold(u8::MAX, u8::min) > b' ' {
        word
    } else {
        let end = word.iter().position(|byte| is_space(*byte)).unwrap_or(word.len());
        let (word, rest) = word.split_at(end);
        if !start_trimmed(rest).is_empty() {
            return Err(MalformedAuthorization::Spaces);
        }
        word
    };
    match values.next() {
        None => Ok(Some(word)),
        Some(_) => Err(MalformedAuthorization::Spaces),
    }
}

/// What stands after the first word, if that is the keyword.
fn after_keyword<'a>(text: &'a [u8], keyword: &[u8]) -> Option<&'a [u8]> {
    let (word, rest) = start_trimmed(text).split_at_checked(keyword.len())?;
    let is_all = rest.first().is_none_or(|byte| is_space(*byte));
    (is_all && !word.is_empty() && word.eq_ignore_ascii_case(keyword)).then_some(rest)
}

fn start_trimmed(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !is_space(*byte)).unwrap_or(text.len());
    &text[start..]
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}
