//! Tokens of HTTP (RFC 9110 section 5.6.2), and comparisons of text in constants.

/// Returns whether `text` is one token of RFC 9110 section 5.6.2, as an authentication scheme's keyword must be.
pub const fn is_http_token(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~' => {
            }
            byte if byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
        at += 1;
    }
    !bytes.is_empty()
}

/// Returns whether both are the same text. Works in constants, for the rules of a scheme's options.
pub const fn is_same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

pub(crate) const fn eq_ignore_ascii_case(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_http_token_has_no_space_and_is_not_empty() {
        assert!(is_http_token("Bearer"));
        assert!(is_http_token("X!#$%&'*+-.^_`|~9"));
        assert!(!is_http_token("Api Key"));
        assert!(!is_http_token(""));
        assert!(!is_http_token("clé"));
    }
}
