//! Sending a browser to another page.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Characters that a path, query or fragment cannot contain (RFC 3986, section 3.3 to 3.5). `%` is handled separately.
const NOT_IN_A_URI: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Sends the browser to `target` with a GET, as after every form: 303 with `Location` (RFC 9110, sections 10.2.2 and
/// 15.4.4).
///
/// `target` is a path, optionally with a query and a fragment. Characters that a URI cannot contain are percent-encoded, so
/// that a path typed by a person reaches the browser as it was meant. Existing percent-encodings stay.
///
/// ```
/// use auth_runtime::views::see_other;
///
/// let answer = see_other("/notes/größe 10%?sort=%C3%A4");
/// assert_eq!(answer.status(), 303);
/// assert_eq!(answer.headers()["location"], "/notes/gr%C3%B6%C3%9Fe%2010%25?sort=%C3%A4");
/// ```
pub fn see_other(target: &str) -> Response {
    let mut uri = String::with_capacity(target.len());
    for (at, part) in target.split('%').enumerate() {
        if at > 0 {
            let is_encoded = part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
            uri.push_str(if is_encoded { "%" } else { "%25" });
        }
        uri.extend(utf8_percent_encode(part, NOT_IN_A_URI));
    }
    // Everything that a header cannot contain is encoded, so the fallback is never used.
    let location = HeaderValue::from_str(&uri).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn location(target: &str) -> String {
        see_other(target).headers()[LOCATION].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_uri_stays_as_it_is() {
        for uri in ["/", "/notes/1?a=b&c=d+e#top", "/a%20b", "/%C3%A4;x=1,2", "/~me/(1)!*'$@:"] {
            assert_eq!(location(uri), uri);
        }
    }

    #[test]
    fn characters_outside_a_uri_are_encoded() {
        assert_eq!(location("/a b"), "/a%20b");
        assert_eq!(location("/ü?q=\"<>\""), "/%C3%BC?q=%22%3C%3E%22");
        assert_eq!(location("/100%"), "/100%25");
        assert_eq!(location("/%zz%4"), "/%25zz%254");
        assert_eq!(location("/a\r\nSet-Cookie: x=y"), "/a%0D%0ASet-Cookie:%20x=y");
    }

    proptest! {
        #[test]
        fn any_text_becomes_a_uri_that_means_the_same(text in ".*") {
            let uri = location(&text);
            prop_assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(location(&uri), uri.clone(), "encoding is done once");
            let decoded = percent_encoding::percent_decode_str(&uri).collect::<Vec<_>>();
            let meant = percent_encoding::percent_decode_str(&text).collect::<Vec<_>>();
            prop_assert_eq!(decoded, meant);
        }
    }
}
