//! The `Authorization` header, read the same way by every scheme.

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// Why an `Authorization` header with the right keyword is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum MalformedAuthorization {
    /// Nothing follows the keyword.
    NoCredentials,
    /// More than one word follows the keyword, or there is more than one header.
    Spaces,
}

/// Returns the one word that follows `keyword` in the `Authorization` header (RFC 9110 section 11.6.2).
///
/// `Ok(None)` means that the header is absent or has another keyword. Keywords are compared without regard to case. A gateway
/// treats a repeated header as one list, so its first keyword decides and its credentials are refused.
///
/// # Errors
///
/// If the keyword matches, but not exactly one word follows it.
pub fn credentials<'a>(headers: &'a HeaderMap, keyword: &str) -> Result<Option<&'a [u8]>, MalformedAuthorization> {
    let Some(words) = words(headers, keyword)? else { return Ok(None) };
    one_word(words).map(Some)
}

/// Returns whether the `Authorization` header has this keyword.
#[inline]
pub fn is_for(headers: &HeaderMap, keyword: &str) -> bool {
    headers.get(&AUTHORIZATION).is_some_and(|value| after_keyword(value.as_bytes(), keyword).is_some())
}

/// Returns what follows `keyword`, one word or several, for a caller that recognizes its credentials by their form. Otherwise
/// as [`credentials`].
pub(crate) fn words<'a>(headers: &'a HeaderMap, keyword: &str) -> Result<Option<&'a [u8]>, MalformedAuthorization> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(words) = values.next().and_then(|value| after_keyword(value.as_bytes(), keyword)) else {
        return Ok(None);
    };
    match (values.next(), words) {
        (Some(_), _) => Err(MalformedAuthorization::Spaces),
        (None, []) => Err(MalformedAuthorization::NoCredentials),
        (None, _) => Ok(Some(words)),
    }
}

/// Returns the words if they are a single one.
pub(crate) fn one_word(words: &[u8]) -> Result<&[u8], MalformedAuthorization> {
    let is_visible = |byte: u8| byte > b' ';
    // No early return, so that it compiles to a few vector instructions.
    if words.iter().fold(true, |all, byte| all & is_visible(*byte)) {
        return Ok(words);
    }
    let end = words.iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
    let word = &words[..end];
    if word.iter().any(|byte| is_space(*byte)) { Err(MalformedAuthorization::Spaces) } else { Ok(word) }
}

/// Returns what follows `keyword` in a value of `Authorization`, or of a header with the same form. `None` means another
/// keyword.
#[inline]
pub fn after_keyword<'a>(value: &'a [u8], keyword: &str) -> Option<&'a [u8]> {
    // Fast path for the usual spelling.
    if value.get(keyword.len()) == Some(&b' ') && value.starts_with(keyword.as_bytes()) {
        return Some(trim_start(&value[keyword.len()..]));
    }
    let (word, rest) = trim_start(value).split_at_checked(keyword.len())?;
    let ends = rest.first().is_none_or(|byte| is_space(*byte));
    (ends && word.eq_ignore_ascii_case(keyword.as_bytes())).then(|| trim_start(rest))
}

fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    text
}

const fn is_space(byte: u8) -> bool {
    // All of these are at most the space; a character of a word never is.
    byte <= b' ' && matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}
