//! The syntax of Hawk's headers: `name="value"`, separated by commas.

use std::fmt::Write as _;

/// The keyword before the attributes.
pub(super) const KEYWORD: &str = "Hawk";

/// The maximum length of a header, and of a URI with a bewit.
pub(super) const MAX_LENGTH: usize = 4096;

/// Returns the values of the attributes with these `names`, in the order of `names`.
///
/// # Errors
///
/// Returns a reason if the text has another syntax, an unknown attribute, or an attribute twice.
pub(super) fn parse<'a, const N: usize>(text: &'a str, names: [&str; N]) -> Result<[Option<&'a str>; N], &'static str> {
    let mut values = [None; N];
    let mut rest = text;
    loop {
        let (name, value, after) = next(rest).ok_or("it is not a list of attributes")?;
        let at = names.iter().position(|known| *known == name).ok_or("an attribute is unknown")?;
        if !is_value(value) {
            return Err("an attribute is empty or has a character that none may have");
        }
        if values[at].replace(value).is_some() {
            return Err("an attribute is there twice");
        }
        rest = after.trim_start_matches(SPACES);
        if rest.is_empty() {
            return Ok(values);
        }
        rest = rest.strip_prefix(',').ok_or("something other than a comma follows an attribute")?;
    }
}

const SPACES: [char; 2] = [' ', '\t'];

/// Splits a text that starts with an attribute into name, value and rest.
pub(super) fn next(text: &str) -> Option<(&str, &str, &str)> {
    // Names and values are short: checking byte by byte is faster than setting up a search.
    let before = |text: &str, end: u8| text.bytes().position(|byte| byte == end);
    let text = text.trim_start_matches(SPACES);
    let (name, after) = text.split_at(before(text, b'=')?);
    let after = after.strip_prefix("=\"")?;
    let (value, after) = after.split_at(before(after, b'"')?);
    Some((name, value, &after[1..]))
}

/// Returns whether an attribute may have this value: visible ASCII and spaces, without `"` and `\`.
pub(super) fn is_value(value: &str) -> bool {
    // Checking all bytes, many at once, is faster than stopping at the first invalid one.
    let is_good = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    !value.is_empty() && value.bytes().fold(true, |good, byte| good & is_good(byte))
}

/// Writes `Hawk` and the attributes that have a value.
pub(super) fn write(attributes: &[(&str, Option<&str>)]) -> String {
    let mut text = KEYWORD.to_owned();
    let there = attributes.iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    for (at, (name, value)) in there.enumerate() {
        let separator = if at == 0 { " " } else { ", " };
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{separator}{name}=\"{value}\"");
    }
    text
}

/// Parses when a message was made or when it expires, in seconds since the Unix epoch.
pub(super) fn seconds(text: &str) -> Option<u64> {
    // At most as many digits as a JavaScript number represents exactly, and no sign, which `parse` would accept.
    if text.len() > 15 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attribute_order_and_spacing_do_not_matter() {
        let text = " b=\"2\" ,\ta=\"1 = 1; x&y\",c=\"~!#$%&'()*+,-./:;<=>?@[]^_`{|}\" ";
        let values = parse(text, ["a", "b", "c", "d"]).unwrap();
        assert_eq!(values, [Some("1 = 1; x&y"), Some("2"), Some("~!#$%&'()*+,-./:;<=>?@[]^_`{|}"), None]);
        assert_eq!(write(&[("b", Some("2")), ("d", None), ("a", Some("1"))]), r#"Hawk b="2", a="1""#);
    }

    #[test]
    fn invalid_syntax_is_refused() {
        for bad in [
            "",
            "a",
            "a=1",
            "a=\"1",
            "a=\"\"",
            "a=\"1\" b=\"2\"",
            "a=\"1\",",
            ",a=\"1\"",
            "a=\"1\",,b=\"2\"",
            "a =\"1\"",
            "a= \"1\"",
            "A=\"1\"",
            "c=\"1\"",
            "a=\"1\", a=\"1\"",
            "a=\"1\\\"\"",
            "a=\"1\\n\"",
            "a=\"1\n\"",
            "a=\"1\t\"",
            "a=\"é\"",
            "a=\"\u{7f}\"",
            "a=\"1\" x",
            "a=\"1\", x",
        ] {
            assert!(parse(bad, ["a", "b"]).is_err(), "{bad}");
        }
    }

    #[test]
    fn time_accepts_only_digits() {
        assert_eq!(seconds("1353832234"), Some(1_353_832_234));
        assert_eq!(seconds("0"), Some(0));
        for bad in ["", "+1", "-1", " 1", "1.5", "1e3", "0x1", "NaN", "1234567890123456", "١"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
