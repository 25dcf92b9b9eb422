//! `@query-param` (RFC 9421 section 2.2.8).

use std::borrow::Cow;

/// Appends the value of the parameter whose encoded name is `name`. `query` does not include the question mark.
///
/// Names and values are decoded and encoded again, so that each has exactly one form. Bytes that are not UTF-8 have no such
/// form and are refused: two different requests must not have the same signature.
pub(super) fn push_param(query: &str, name: &str, text: &mut String) -> Result<(), &'static str> {
    let mut found = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if encoded(key).is_some_and(|key| key == name) && found.replace(value).is_some() {
            return Err("is in the query more than once");
        }
    }
    let value = found.ok_or("is not in the query")?;
    text.push_str(&encoded(value).ok_or("is no UTF-8")?);
    Ok(())
}

/// Encodes with the URL standard's `application/x-www-form-urlencoded` set, but with `%20` for a space.
fn encoded(raw: &str) -> Option<Cow<'_, str>> {
    if raw.bytes().all(is_plain) {
        return Some(raw.into());
    }
    let bytes = decoded(raw);
    std::str::from_utf8(&bytes).ok()?;
    let mut text = String::with_capacity(3 * bytes.len());
    for byte in bytes {
        if is_plain(byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    Some(text.into())
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_')
}

fn decoded(raw: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        bytes.push(match (byte, after) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => b'%',
            },
            _ => byte,
        });
    }
    bytes
}

fn digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        let mut text = String::new();
        assert_eq!(push_param("a=%ff", "a", &mut text), Err("is no UTF-8"));
        assert_eq!(push_param("a=%f", "a", &mut text), Ok(()));
        assert_eq!(text, "%25f");
    }

    #[test]
    fn differently_encoded_names_are_equal() {
        let mut text = String::new();
        assert_eq!(push_param("a=1&%61=2", "a", &mut text), Err("is in the query more than once"));
        assert_eq!(push_param("&&b&a~=1", "a%7E", &mut text), Ok(()));
        assert_eq!(text, "1");
        assert_eq!(push_param("b=2", "a", &mut text), Err("is not in the query"));
        assert_eq!(push_param("", "a", &mut text), Err("is not in the query"));
    }
}
