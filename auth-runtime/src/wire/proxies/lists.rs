//! Headers with one value for each proxy, read from the right.
//!
//! Each proxy appends its values to those it received, so the values that a caller sent are on the left. When reading from the
//! right, nothing on the left, such as an open quotation mark, can change how a value on the right is read.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::HeaderMap;

use super::peers::Peer;

/// Which bytes separate values, and whether quotation marks can hide them.
#[derive(Clone, Copy)]
enum Separator {
    Plain(u8),
    /// Not inside of a quoted string (RFC 9110 section 5.6.4).
    Unquoted(u8),
}

/// Returns the parts of `text`, the last one first. There is always at least one, which may be empty.
fn parts_from_right(text: &[u8], separator: Separator) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match last_separator(text, separator) {
            Some(at) => {
                rest = Some(&text[..at]);
                Some(&text[at + 1..])
            }
            None => rest.take(),
        }
    })
}

fn last_separator(text: &[u8], separator: Separator) -> Option<usize> {
    let wanted = match separator {
        Separator::Plain(byte) => return text.iter().rposition(|other| *other == byte),
        Separator::Unquoted(byte) => byte,
    };
    let mut is_quoted = false;
    for (at, byte) in text.iter().enumerate().rev() {
        match *byte {
            // An opening mark has no backslash before it, or an even number of them.
            b'"' => {
                let backslashes = text[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
                is_quoted = !is_quoted || backslashes % 2 == 1;
            }
            byte if byte == wanted && !is_quoted => return Some(at),
            _ => {}
        }
    }
    None
}

fn values_from_right<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
    separator: Separator,
) -> impl Iterator<Item = &'a [u8]> {
    // An empty value keeps its position: otherwise the caller could move the others.
    let lines = headers.get_all(name).into_iter().rev();
    lines.flat_map(move |line| parts_from_right(line.as_bytes(), separator)).map(<[u8]>::trim_ascii)
}

/// Returns the values of one of the headers `X-Forwarded-*`, starting with that of the nearest proxy.
pub(super) fn plain<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
    values_from_right(headers, name, Separator::Plain(b','))
}

/// Returns the elements of `Forwarded` (RFC 7239 section 4), starting with that of the nearest proxy.
pub(super) fn elements(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    values_from_right(headers, "forwarded", Separator::Unquoted(b','))
}

/// Returns a parameter of an element of `Forwarded`, without its quotation marks. `None` means that it is absent, malformed, or
/// appears twice.
pub(super) fn parameter<'a>(element: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    let mut found = None;
    for pair in parts_from_right(element, Separator::Unquoted(b';')) {
        let Ok(pair) = str::from_utf8(pair) else { continue };
        let Some((key, value)) = pair.split_once('=') else { continue };
        if key.trim_ascii().eq_ignore_ascii_case(name) && found.replace(value.trim_ascii()).is_some() {
            return None;
        }
    }
    unquoted(found?)
}

/// Returns the content of a token or a quoted string. A token may also contain the colons and brackets of an address, which
/// proxies often leave without quotation marks.
fn unquoted(text: &str) -> Option<Cow<'_, str>> {
    let Some(inner) = text.strip_prefix('"') else {
        return (!text.is_empty() && !text.contains(['"', '\\', ' ', '\t'])).then_some(text.into());
    };
    if let Some(plain) = inner.strip_suffix('"').filter(|plain| !plain.contains(['"', '\\'])) {
        return Some(plain.into());
    }
    let mut said = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    loop {
        match rest.next()? {
            '"' => return rest.as_str().is_empty().then_some(said.into()),
            '\\' => said.push(rest.next()?),
            letter => said.push(letter),
        }
    }
}

/// Reads the client of a proxy, as the proxy writes it: an address, bare or in brackets, with or without a port (RFC 7239
/// section 6, and what is usual in `X-Forwarded-For`), or `unix:`. `None` means anything else, such as `unknown` and `_hidden`.
pub(super) fn node(text: &str) -> Option<Peer> {
    if text == "unix:" {
        return Some(Peer::Unix);
    }
    let address = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            is_port(port).then(|| address.parse::<Ipv6Addr>().ok().map(IpAddr::from))??
        }
        None => match text.split_once(':') {
            // With one colon it is IPv4 and a port, with more it is IPv6.
            Some((address, port)) if !port.contains(':') => {
                is_port(&text[address.len()..]).then(|| address.parse::<Ipv4Addr>().ok().map(IpAddr::from))??
            }
            _ => text.parse().ok()?,
        },
    };
    Some(Peer::Address(address.to_canonical()))
}

/// Returns whether the text is empty, or a colon and a port: a number or an obfuscated identifier (RFC 7239 section 6).
fn is_port(text: &str) -> bool {
    let Some(port) = text.strip_prefix(':') else { return text.is_empty() };
    match port.strip_prefix('_') {
        Some(name) => {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        }
        None => port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn headers(name: &'static str, lines: &[&[u8]]) -> HeaderMap {
        lines.iter().map(|line| (name.parse().unwrap(), HeaderValue::from_bytes(line).unwrap())).collect()
    }

    fn elements_of(lines: &[&[u8]]) -> Vec<String> {
        elements(&headers("forwarded", lines)).map(|element| String::from_utf8_lossy(element).into_owned()).collect()
    }

    #[test]
    fn lists_are_read_from_the_right_over_all_lines() {
        let map = headers("x-forwarded-proto", &[b"a, b", b"", b"c ,\td"]);
        let values: Vec<&[u8]> = plain(&map, "x-forwarded-proto").collect();
        assert_eq!(values, [b"d".as_slice(), b"c", b"", b"b", b"a"]);
        assert_eq!(plain(&HeaderMap::new(), "x-forwarded-proto").count(), 0);
    }

    #[test]
    fn quoted_commas_separate_nothing() {
        assert_eq!(elements_of(&[br#"for="a,b", for=c"#]), ["for=c", r#"for="a,b""#]);
        assert_eq!(elements_of(&[br#"for=a, for="b\",c""#]), [r#"for="b\",c""#, "for=a"]);
        assert_eq!(elements_of(&[br#"for=a, for="b\\", for=c"#]), ["for=c", r#"for="b\\""#, "for=a"]);
    }

    #[test]
    fn an_open_quotation_mark_of_the_caller_hides_nothing_behind_it() {
        assert_eq!(elements_of(&[br#"for=", for=b"#])[0], "for=b");
        assert_eq!(elements_of(&[br#"for="x\", for="b,c";proto=https"#])[0], r#"for="b,c";proto=https"#);
        assert_eq!(elements_of(&[b"for=\"", b"for=b"])[0], "for=b");
    }

    #[test]
    fn parameters_are_tokens_or_quoted_strings() {
        let element = br#"For="[2001:db8::1]:4711" ;proto=https; host="a\"\\b";by=_hidden;;x="1;for=2""#;
        for (name, said) in [
            ("for", Some("[2001:db8::1]:4711")),
            ("PROTO", Some("https")),
            ("host", Some(r#"a"\b"#)),
            ("by", Some("_hidden")),
            ("x", Some("1;for=2")),
            ("y", None),
        ] {
            assert_eq!(parameter(element, name).as_deref(), said, "{name}");
        }
        for malformed in
            ["for=a;FOR=a", "for", "for=", "for=\"a", "for=a\"", "for=a b", "for=\"a\"b", "for=\"a\\", "for=\\a"]
        {
            assert_eq!(parameter(malformed.as_bytes(), "for"), None, "{malformed}");
        }
        assert_eq!(parameter(b"for=\xff", "for"), None);
        assert_eq!(parameter(br#"for="""#, "for").as_deref(), Some(""));
    }

    #[test]
    fn nodes_are_addresses_as_proxies_write_them() {
        for (text, address) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:567", "203.0.113.7"),
            ("203.0.113.7:_hidden", "203.0.113.7"),
            ("[2001:db8::1]:5", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:_p.o-r_t", "2001:db8::1"),
            ("2001:DB8::1", "2001:db8::1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("[::ffff:203.0.113.7]:5", "203.0.113.7"),
        ] {
            assert_eq!(node(text), Some(Peer::Address(address.parse().unwrap())), "{text}");
        }
        assert_eq!(node("unix:"), Some(Peer::Unix));
        for junk in [
            "",
            "unknown",
            "_hidden",
            "example.org",
            "example.org:80",
            "203.0.113",
            "203.0.113.7:",
            "203.0.113.7:x",
            "203.0.113.7:65536",
            "203.0.113.7:+1",
            "203.0.113.7:_",
            "[::1",
            "::1]",
            "[1.2.3.4]",
            "[::1]5",
            "[::1]:",
            "[]",
            "fe80::1%eth0",
            "10.0.0.0/8",
            "unix:/run/x",
            "unix",
            " 1.2.3.4",
        ] {
            assert_eq!(node(junk), None, "{junk}");
        }
    }

    /// Generates bytes that a header may contain, and the special ones more often than others.
    fn sent() -> impl Strategy<Value = Vec<u8>> {
        let meaning = prop::sample::select(br#"",;=\ :[]_"#.to_vec());
        vec(prop_oneof![meaning, 0x20_u8..0x7f, 0x80_u8..], 0..40)
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_loses_no_byte(line in sent()) {
            for separator in [Separator::Plain(b','), Separator::Unquoted(b','), Separator::Unquoted(b';')] {
                let mut parts: Vec<&[u8]> = parts_from_right(&line, separator).collect();
                parts.reverse();
                let byte = match separator { Separator::Plain(byte) | Separator::Unquoted(byte) => byte };
                prop_assert_eq!(parts.join(&byte), line.clone());
            }
            for name in ["for", "proto", "host"] {
                if let Some(said) = parameter(&line, name) {
                    node(&said);
                }
            }
        }

        #[test]
        fn caller_input_does_not_change_the_element_of_a_proxy(
            lines in vec(sent(), 0..3), joined: bool, said in "\\PC{0,12}",
        ) {
            let quoted = said.replace('\\', "\\\\").replace('"', "\\\"");
            let element = format!("for=203.0.113.7;host=\"{quoted}\";proto=https");
            let mut lines = lines;
            match lines.last_mut() {
                Some(last) if joined => last.extend(format!(", {element}").bytes()),
                _ => lines.push(element.clone().into_bytes()),
            }
            let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            let map = headers("forwarded", &lines);
            let nearest = elements(&map).next().unwrap();
            prop_assert_eq!(nearest, element.as_bytes());
            let host = parameter(nearest, "host");
            prop_assert_eq!(host.as_deref(), Some(said.as_str()));
        }

        #[test]
        fn an_address_is_read_back_however_it_is_written(address: IpAddr, port: u16) {
            let forms = match address {
                IpAddr::V4(_) => vec![address.to_string(), format!("{address}:{port}")],
                IpAddr::V6(_) => vec![address.to_string(), format!("[{address}]"), format!("[{address}]:{port}")],
            };
            for form in forms {
                prop_assert_eq!(node(&form), Some(Peer::Address(address.to_canonical())));
            }
        }
    }
}
