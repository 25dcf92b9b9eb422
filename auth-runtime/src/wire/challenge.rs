//! A value of `WWW-Authenticate`: [`Challenge`].

use std::borrow::Cow;

use axum::body::Bytes;
use http::HeaderValue;

use super::http_token::is_http_token;

/// One challenge of `WWW-Authenticate`: a keyword and its parameters (RFC 9110 section 11.3).
///
/// ```
/// use auth_runtime::Challenge;
///
/// let challenge = Challenge::new("Basic").param("realm", "the \"inner\" ring");
/// assert_eq!(challenge.to_header_value().unwrap(), r#"Basic realm="the \"inner\" ring""#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    text: Cow<'static, str>,
    has_params: bool,
}

impl Challenge {
    /// Creates a challenge that consists of this keyword.
    pub fn new(keyword: &'static str) -> Self {
        Self { text: keyword.into(), has_params: false }
    }

    /// Creates a challenge that is written out in full.
    ///
    /// # Panics
    ///
    /// If it contains characters that a header cannot contain.
    #[track_caller]
    pub const fn verbatim(text: &'static str) -> Self {
        assert!(is_header_text(text), "a challenge has a control character, which no header may carry; remove it");
        Self { text: Cow::Borrowed(text), has_params: true }
    }

    /// Adds a parameter. The value is always quoted, which RFC 9110 allows for every parameter and requires for `realm`.
    #[must_use]
    pub fn param(mut self, name: &str, value: &str) -> Self {
        debug_assert!(is_http_token(name), "the name of a challenge's parameter is one token");
        let text = self.text.to_mut();
        text.push_str(if self.has_params { ", " } else { " " });
        text.push_str(name);
        text.push_str("=\"");
        for character in value.chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
        self.has_params = true;
        self
    }

    /// Returns the header's value. `None` means that the challenge is empty or contains characters that a header cannot
    /// contain.
    pub fn to_header_value(&self) -> Option<HeaderValue> {
        match &self.text {
            Cow::Borrowed("") => None,
            // Static text is used without a copy.
            Cow::Borrowed(text) => HeaderValue::from_maybe_shared(Bytes::from_static(text.as_bytes())).ok(),
            Cow::Owned(text) => HeaderValue::from_bytes(text.as_bytes()).ok(),
        }
    }
}

/// Returns whether `text` can be the value of a header. Works in constants.
pub(crate) const fn is_header_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if (bytes[at] < b' ' && bytes[at] != b'\t') || bytes[at] == 0x7f {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_separated_and_quoted() {
        let challenge = Challenge::new("Bearer").param("realm", "api").param("error", "invalid_token");
        assert_eq!(challenge.to_header_value().unwrap(), "Bearer realm=\"api\", error=\"invalid_token\"");
    }

    #[test]
    fn challenge_with_invalid_header_characters_is_refused() {
        assert_eq!(Challenge::new("").to_header_value(), None);
        assert_eq!(Challenge::new("Basic").param("realm", "a\r\nSet-Cookie: x").to_header_value(), None);
    }
}
