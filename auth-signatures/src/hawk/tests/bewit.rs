//! Signed URLs that expire.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::super::SignError;
use super::super::bewit::{Presented, encode, signed_text};
use super::*;

const LINK: &str = "https://example.com/download/4?a=1&b=2";
const MINUTE: Duration = Duration::from_secs(60);

fn link(server: &Server, url: &str, ext: Option<&str>) -> Uri {
    server.client().signed_uri(&url.parse().unwrap(), MINUTE, ext).unwrap()
}

async fn follow(server: &Server, uri: impl ToString) -> Answer {
    server.send(get(&uri.to_string())).await
}

/// Returns a URL with this text as its bewit.
fn with_text(text: &[u8]) -> String {
    format!("{LINK}&bewit={}", Base64UrlUnpadded::encode_string(text))
}

/// Returns the MAC of a bewit for [`LINK`].
fn mac_of(exp: &str, ext: &str) -> String {
    let text = signed_text(exp, "/download/4?a=1&b=2", "example.com", 443, Some(ext));
    super::super::artifacts::mac(&key("", KeyAlgorithm::HmacSha256, K1), &text)
}

#[tokio::test]
async fn link_works_any_number_of_times_until_it_expires() {
    let server = Server::new();
    let uri = link(&server, LINK, Some("some data"));
    for seconds in [0, 59] {
        server.clock.advance(Duration::from_secs(seconds));
        let answer = follow(&server, &uri).await;
        assert_eq!(answer.assert_good(), "ada|dh37fgj492je|Some(\"some data\")|1353832294");
    }
    server.clock.advance(Duration::from_secs(1));
    follow(&server, &uri).await.assert_failed();
    assert_eq!(server.backend().recorded.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn bewit_can_be_any_query_parameter() {
    let server = Server::new();
    let bewit = server.client().bewit(&LINK.parse().unwrap(), MINUTE, None).unwrap();
    for query in [format!("a=1&b=2&bewit={bewit}"), format!("a=1&bewit={bewit}&b=2"), format!("bewit={bewit}&a=1&b=2")]
    {
        follow(&server, format!("https://example.com/download/4?{query}")).await.assert_good();
    }
    let only = link(&server, "https://example.com/download/4", None);
    assert!(only.query().unwrap().starts_with("bewit="));
    assert!(follow(&server, only).await.assert_good().contains("|None|"));
    for odd in ["?", "?&", "?a=1&", "?&&x", "?xbewit=1", "?bewit_=1", "?a=bewit=1", "?a=?b", "?Bewit=x"] {
        follow(&server, link(&server, &format!("https://example.com/download/4{odd}"), None)).await.assert_good();
    }
}

#[test]
fn removing_the_bewit_changes_nothing_else() {
    for (given, value, resource) in [
        ("/v?bewit=X", "X", "/v"),
        ("/v?bewit=X&a=1", "X", "/v?a=1"),
        ("/v?a=1&bewit=X&b=%20", "X", "/v?a=1&b=%20"),
        ("/v?a=1&b=2&bewit=X", "X", "/v?a=1&b=2"),
        ("/v?a=1&&bewit=X", "X", "/v?a=1&"),
        ("/v?&bewit=X", "X", "/v?"),
        ("/v?a&bewit=", "", "/v?a"),
        ("/v?bewit", "", "/v"),
    ] {
        let found = Presented::find(given).unwrap().ok().unwrap();
        assert_eq!((found.value, found.resource.as_str()), (value, resource), "{given}");
    }
    for none in ["/v", "/v?", "/bewit=1", "/v?a=1", "/v?abewit=1", "/v?bewits=1"] {
        assert!(Presented::find(none).is_none(), "{none}");
    }
    assert!(Presented::find("/v?bewit=1&bewit=1").unwrap().is_err());
}

#[tokio::test]
async fn head_verifies_as_get_and_other_methods_are_refused() {
    let server = Server::new();
    let uri = link(&server, LINK, None).to_string();
    for (method, status) in [
        ("GET", StatusCode::OK),
        ("HEAD", StatusCode::OK),
        ("POST", StatusCode::UNAUTHORIZED),
        ("PUT", StatusCode::UNAUTHORIZED),
        ("DELETE", StatusCode::UNAUTHORIZED),
        ("OPTIONS", StatusCode::UNAUTHORIZED),
        ("get", StatusCode::UNAUTHORIZED),
    ] {
        let mut request = get(&uri);
        *request.method_mut() = method.parse().unwrap();
        assert_eq!(server.send(request).await.head.status, status, "{method}");
    }
}

#[tokio::test]
async fn a_change_of_the_url_is_refused() {
    let server = Server::new();
    let uri = link(&server, LINK, None).to_string();
    for (from, to) in [
        ("/download/4", "/download/5"),
        ("a=1", "a=2"),
        ("b=2&", ""),
        ("a=1&b=2", "b=2&a=1"),
        (".com", ".org"),
        ("https", "x"),
    ] {
        let mut request = get(&uri);
        if from == "https" {
            *request.uri_mut() = uri.replace("example.com", "example.com:8000").parse().unwrap();
        } else {
            *request.uri_mut() = uri.replacen(from, to, 1).parse().unwrap();
        }
        server.send(request).await.assert_failed();
    }
    follow(&server, format!("{uri}&c=3")).await.assert_failed();
}

#[tokio::test]
async fn a_change_of_the_bewit_is_refused() {
    let server = Server::new();
    let (soon, later) = ((NOW + 60).to_string(), (NOW + 61).to_string());
    let mac = mac_of(&soon, "ext");
    let text = |id: &str, exp: &str, mac: &str, ext: &str| with_text(format!("{id}\\{exp}\\{mac}\\{ext}").as_bytes());
    follow(&server, text("dh37fgj492je", &soon, &mac, "ext")).await.assert_good();
    follow(&server, text("dh37fgj492je", &later, &mac, "ext")).await.assert_failed();
    follow(&server, text("dh37fgj492je", &soon, &mac, "")).await.assert_failed();
    follow(&server, text("dh37fgj492je", &soon, &mac, "axt")).await.assert_failed();
    follow(&server, text("dh37fgj492je", &soon, &mac[1..], "ext")).await.assert_failed();
    follow(&server, text("nobody", &soon, &mac, "ext")).await.assert_failed();
    // A line break must not verify as its two-character escape.
    let escaped = mac_of(&soon, "a\nb");
    follow(&server, text("dh37fgj492je", &soon, &escaped, "a\nb")).await.assert_good();
}

#[tokio::test]
async fn malformed_bewits_are_refused() {
    let server = Server::new();
    let exp = (NOW + 60).to_string();
    let mac = mac_of(&exp, "");
    let good = link(&server, LINK, None).to_string();
    for text in [
        "dh37fgj492je".to_owned(),
        format!("dh37fgj492je\\{exp}"),
        format!("dh37fgj492je\\{exp}\\{mac}"),
        format!("dh37fgj492je\\{exp}\\{mac}\\\\x"),
        format!("dh\\37\\{exp}\\{mac}\\"),
        format!("\\{exp}\\{mac}\\"),
        format!("dh37fgj492je\\{exp}\\\\"),
        format!("dh37fgj492je\\\\{mac}\\"),
        format!("dh37fgj492je\\never\\{mac}\\"),
        format!("dh37fgj492je\\-1\\{mac}\\"),
        format!("dh37fgj492je\\1e99\\{mac}\\"),
    ] {
        follow(&server, with_text(text.as_bytes())).await.assert_malformed();
    }
    follow(&server, with_text(b"\xff\\1\\x\\")).await.assert_malformed();
    for query in ["&bewit=", "&bewit", "&bewit=*", "&bewit=a", "&bewit=%20", "&bewit=YQ=="] {
        follow(&server, format!("{LINK}{query}")).await.assert_malformed();
    }
    for changed in [format!("{good}="), format!("{good}&bewit=x"), good.replace("bewit=", "bewit=+")] {
        follow(&server, changed).await.assert_malformed();
    }
    assert_eq!(server.backend().asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_mac_is_verified_before_the_expiry() {
    let server = Server::new();
    let past = (NOW - 1).to_string();
    for (mac, ext) in [(mac_of(&past, ""), ""), ("x".to_owned(), ""), (mac_of(&past, ""), "x")] {
        follow(&server, with_text(format!("dh37fgj492je\\{past}\\{mac}\\{ext}").as_bytes())).await.assert_failed();
    }
    assert_eq!(server.backend().asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn two_credentials_in_one_request_are_a_bad_request() {
    let server = Server::new();
    let uri = link(&server, LINK, None).to_string();
    for other in ["Basic YWRhOnB3", "Hawk", "x"] {
        let mut request = get(&uri);
        set_header(&mut request, other);
        let answer = server.send(request).await;
        assert_eq!(answer.head.status, StatusCode::BAD_REQUEST);
        assert!(answer.text().contains("multiple_authentications"), "{}", answer.text());
    }
}

#[tokio::test]
async fn url_length_is_limited() {
    let server = Server::new();
    let bewit = server.client().bewit(&LINK.parse().unwrap(), MINUTE, None).unwrap().len();
    let longest = 4096 - "/download/4?a=&bewit=".len() - bewit;
    for (length, good) in [(longest, true), (longest + 1, false)] {
        let url = format!("https://example.com/download/4?a={}", "x".repeat(length));
        let signed = server.client().bewit(&url.parse().unwrap(), MINUTE, None);
        assert_eq!(signed.is_ok(), good);
        let exp = NOW + 60;
        let answer = follow(&server, format!("{url}&bewit={}", signed.unwrap_or_else(|_| "x".repeat(bewit)))).await;
        if good {
            answer.assert_good();
        } else {
            answer.assert_malformed();
        }
        assert!(encode("dh37fgj492je", exp, "", "").len() < bewit);
    }
    let long = format!("https://example.com/open?{}", "x".repeat(5000));
    assert_eq!(follow(&server, long).await.assert_good(), "anonymous");
}

#[tokio::test]
async fn links_follow_the_key_rules_of_headers() {
    let server = Server::new();
    server.backend().insert(key("sha1", KeyAlgorithm::HmacSha1, K1), "ada", true);
    server.backend().insert(key("inactive", KeyAlgorithm::HmacSha256, K1), "gone", false);
    for id in [("sha1", KeyAlgorithm::HmacSha1), ("inactive", KeyAlgorithm::HmacSha256)] {
        let client = client(key(id.0, id.1, K1)).with_clock(server.clock.clone());
        follow(&server, client.signed_uri(&LINK.parse().unwrap(), MINUTE, None).unwrap()).await.assert_failed();
    }
    server.backend().keys_are_down.store(true, Ordering::SeqCst);
    let answer = follow(&server, link(&server, LINK, None)).await;
    assert_eq!(answer.head.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_nested_router_sees_the_whole_url() {
    let server = Server::new();
    let uri = link(&server, "https://example.com/api/v1/download/4?a=1", None);
    follow(&server, uri).await.assert_good();
}

#[tokio::test]
async fn chain_accepts_header_and_bewit() {
    let server = Server::new();
    let url = "https://example.com/either";
    assert_eq!(server.get(url).await.assert_good(), r#"Some("ada")|Some("Hawk")"#);
    let answer = follow(&server, link(&server, url, None)).await;
    assert_eq!(answer.assert_good(), r#"Some("ada")|Some("HawkBewit")"#);
    assert!(!answer.head.headers.contains_key("server-authorization"));
    follow(&server, "https://example.com/either?bewit=x").await.assert_malformed();
}

#[test]
fn invalid_links_are_named_in_the_error() {
    let client = Server::new().client();
    let bewit = |url: &str, lifetime, ext| client.bewit(&url.parse().unwrap(), lifetime, ext).unwrap_err();
    assert_eq!(bewit("/download", MINUTE, None), SignError::RelativeUri);
    assert_eq!(bewit(LINK, Duration::from_millis(999), None), SignError::NoLifetime);
    assert_eq!(bewit("https://example.com/?bewit=x", MINUTE, None), SignError::HasBewit);
    for bad in ["", "a\\b", "a\"b", "a\nb"] {
        assert_eq!(bewit(LINK, MINUTE, Some(bad)), SignError::InvalidAttribute("ext"), "{bad}");
    }
}
