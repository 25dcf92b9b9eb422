use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const PEER: &str = "10.0.0.1";

fn request(peer: Option<&str>, headers: &[(&str, &[u8])]) -> Parts {
    let mut request = http::Request::get("/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    match peer {
        Some("unix:") => parts.extensions.insert(ConnectInfo(unix_peer())).map_or((), drop),
        Some(peer) => {
            parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 40_000)));
        }
        None => {}
    }
    parts
}

#[cfg(unix)]
fn unix_peer() -> tokio::net::unix::SocketAddr {
    std::os::unix::net::SocketAddr::from_pathname("/run/app.sock").unwrap().into()
}

#[cfg(not(unix))]
fn unix_peer() {}

/// Returns the address and origin of a request with these headers, as text. `http` if no proxy reports the scheme.
fn seen(proxies: &Proxies, peer: Option<&str>, headers: &[(&str, &str)]) -> (String, String) {
    let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    seen_bytes(proxies, peer, &headers)
}

fn seen_bytes(proxies: &Proxies, peer: Option<&str>, headers: &[(&str, &[u8])]) -> (String, String) {
    let request = request(peer, headers);
    let address = proxies.client_address(&request).map_or("unknown".to_owned(), |address| address.to_string());
    (address, proxies.origin(&request, false).map_or("unknown".to_owned(), |origin| origin.to_string()))
}

fn address(proxies: &Proxies, forwarded: &[&str]) -> String {
    let headers: Vec<_> = forwarded.iter().map(|value| ("x-forwarded-for", *value)).collect();
    seen(proxies, Some(PEER), &headers).0
}

fn origin(proxies: &Proxies, headers: &[(&str, &str)]) -> String {
    let host = [("host", "inner:81")];
    let headers: Vec<_> = headers.iter().copied().chain(host.into_iter().filter(|_| !names_host(headers))).collect();
    seen(proxies, Some(PEER), &headers).1
}

fn names_host(headers: &[(&str, &str)]) -> bool {
    headers.iter().any(|(name, _)| *name == "host")
}

fn trusted(peers: &[&str]) -> Proxies {
    Proxies::trusted(peers).unwrap()
}

const ALL: [(&str, &str); 7] = [
    ("host", "inner:81"),
    ("x-forwarded-for", "203.0.113.7"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "app.example"),
    ("x-forwarded-port", "8443"),
    ("x-forwarded-ssl", "on"),
    ("forwarded", "for=203.0.113.7;host=app.example;proto=https"),
];

#[test]
fn without_proxies_headers_are_ignored() {
    for proxies in [Proxies::none(), Proxies::default(), Proxies::hops(0), trusted(&[])] {
        for proxies in [proxies.clone(), proxies.with_forwarded_header()] {
            assert_eq!(
                seen(&proxies, Some(PEER), &ALL),
                (PEER.to_owned(), "http://inner:81".to_owned()),
                "{proxies:?}"
            );
            assert_eq!(seen(&proxies, None, &ALL).0, "unknown", "{proxies:?}");
        }
    }
}

#[test]
fn only_trusted_peers_are_believed() {
    let proxies = trusted(&["10.0.0.0/30", "2001:db8::5", "unix:"]);
    for (peer, believed) in [
        (Some("10.0.0.1"), true),
        (Some("10.0.0.3"), true),
        (Some("::ffff:10.0.0.1"), true),
        (Some("2001:db8::5"), true),
        #[cfg(unix)]
        (Some("unix:"), true),
        (Some("10.0.0.4"), false),
        (Some("2001:db8::6"), false),
        (None, false),
    ] {
        let (address, origin) = seen(&proxies, peer, &ALL);
        assert_eq!(address == "203.0.113.7", believed, "{peer:?}");
        assert_eq!(origin, if believed { "https://app.example:8443" } else { "http://inner:81" }, "{peer:?}");
    }
    assert_eq!(seen(&trusted(&["0.0.0.0/0", "::/0"]), Some("unix:"), &ALL).0, "unknown");
    #[cfg(unix)]
    assert_eq!(seen(&Proxies::unix(), Some("unix:"), &ALL).0, "203.0.113.7");
    assert_eq!(seen(&Proxies::unix(), Some(PEER), &ALL).0, PEER);
    // When proxies are counted, the peer does not matter, nor whether it is known.
    for peer in [Some(PEER), Some("unix:"), None] {
        assert_eq!(seen(&Proxies::hops(1), peer, &ALL), seen(&proxies, Some(PEER), &ALL), "{peer:?}");
    }
}

#[test]
fn hops_count_from_the_right_over_all_lines() {
    for (count, lines, wanted) in [
        (1, &["203.0.113.7"][..], "203.0.113.7"),
        (1, &["192.0.2.9, junk,,203.0.113.7"], "203.0.113.7"),
        (2, &["192.0.2.9,203.0.113.7 , 198.51.100.1"], "203.0.113.7"),
        (1, &["192.0.2.9", "203.0.113.7"], "203.0.113.7"),
        (3, &["203.0.113.7, 198.51.100.1", "198.51.100.2"], "203.0.113.7"),
        (1, &["203.0.113.7:4711"], "203.0.113.7"),
        (1, &["[2001:db8::1]:4711"], "2001:db8::1"),
        (1, &["::ffff:203.0.113.7"], "203.0.113.7"),
        // Too short, empty, or not an address.
        (2, &["203.0.113.7"], PEER),
        (255, &["203.0.113.7, 203.0.113.8"], PEER),
        (1, &[], PEER),
        (1, &["203.0.113.7, unknown"], PEER),
        (1, &["203.0.113.7, unix:"], PEER),
        (2, &["203.0.113.7, , 198.51.100.1"], PEER),
        (2, &["203.0.113.7", "", "198.51.100.1"], PEER),
    ] {
        assert_eq!(address(&Proxies::hops(count), lines), wanted, "{count} {lines:?}");
    }
    assert_eq!(seen_bytes(&Proxies::hops(1), Some(PEER), &[("x-forwarded-for", b"1.2.3.4\xff")]).0, PEER);
}

#[test]
fn trusted_proxies_are_followed_to_the_first_stranger() {
    let proxies = trusted(&["10.0.0.0/8", "unix:"]);
    for (lines, wanted) in [
        (&["203.0.113.7"][..], "203.0.113.7"),
        (&["192.0.2.9, 203.0.113.7"], "203.0.113.7"),
        (&["192.0.2.9, 203.0.113.7, 10.0.0.3", "10.0.0.2"], "203.0.113.7"),
        (&["10.0.0.9, 203.0.113.7"], "203.0.113.7"),
        (&["203.0.113.7, unix:"], "203.0.113.7"),
        // The caller is one of the proxies.
        (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (&["10.0.0.2"], "10.0.0.2"),
        // A trusted proxy's value cannot be read: nothing further left counts.
        (&["203.0.113.7, unknown, 10.0.0.2"], PEER),
        (&["203.0.113.7, "], PEER),
        (&[], PEER),
    ] {
        assert_eq!(address(&proxies, lines), wanted, "{lines:?}");
    }
}

#[test]
fn scheme_host_and_port_come_from_the_proxy() {
    for (headers, wanted) in [
        (&[][..], "http://inner:81"),
        (&[("x-forwarded-proto", "https")], "https://inner:81"),
        (&[("x-forwarded-proto", "HTTPS"), ("host", "app.example:443")], "https://app.example"),
        (&[("x-forwarded-proto", "wss"), ("x-forwarded-host", "App.Example")], "https://app.example"),
        (&[("x-forwarded-proto", "http"), ("x-forwarded-ssl", "on")], "http://inner:81"),
        (&[("x-forwarded-proto", "gopher"), ("x-forwarded-ssl", "on")], "http://inner:81"),
        (&[("x-forwarded-proto", ""), ("x-forwarded-ssl", "on")], "http://inner:81"),
        (&[("x-forwarded-ssl", "on")], "https://inner:81"),
        (&[("x-forwarded-ssl", "off")], "http://inner:81"),
        (&[("x-forwarded-ssl", "maybe")], "http://inner:81"),
        (&[("x-forwarded-host", "evil.example, app.example:8443")], "http://app.example:8443"),
        (&[("x-forwarded-host", "app.example/x")], "http://inner:81"),
        (&[("x-forwarded-host", "user@app.example")], "http://inner:81"),
        (&[("x-forwarded-host", "")], "http://inner:81"),
        (&[("x-forwarded-host", "[2001:db8::1]"), ("x-forwarded-port", "8080")], "http://[2001:db8::1]:8080"),
        // A host without a port takes that of `X-Forwarded-Port`.
        (&[("x-forwarded-port", "8443"), ("host", "app.example")], "http://app.example:8443"),
        (&[("x-forwarded-port", "80"), ("host", "app.example")], "http://app.example"),
        (&[("x-forwarded-port", "8443")], "http://inner:81"),
        (&[("x-forwarded-port", "8443"), ("host", "app.example:80")], "http://app.example"),
        (&[("x-forwarded-port", "x"), ("host", "app.example")], "http://app.example"),
        (&[("x-forwarded-port", "+8"), ("host", "app.example")], "http://app.example"),
        (&[("x-forwarded-port", "0"), ("host", "app.example")], "http://app.example"),
        (&[("x-forwarded-port", "65536"), ("host", "app.example")], "http://app.example"),
        (&[("x-forwarded-port", "1, 8443"), ("host", "app.example")], "http://app.example:8443"),
    ] {
        for proxies in [Proxies::hops(1), trusted(&[PEER])] {
            assert_eq!(origin(&proxies, headers), wanted, "{headers:?}");
        }
    }
}

#[test]
fn port_from_before_tls_termination_is_ignored() {
    let headers = |proto, port| [("x-forwarded-proto", proto), ("x-forwarded-port", port), ("host", "app.example")];
    for (proto, port, wanted) in [
        ("https", "80", "https://app.example"),
        ("http", "443", "http://app.example"),
        ("https", "443", "https://app.example"),
        ("https", "8443", "https://app.example:8443"),
    ] {
        assert_eq!(origin(&Proxies::hops(1), &headers(proto, port)), wanted, "{proto} {port}");
    }
}

#[test]
fn values_of_the_outermost_proxy_count() {
    let two = [Proxies::hops(2), trusted(&["10.0.0.0/8"])];
    for (proto, host, wanted) in [
        ("https", "app.example", "https://app.example"),
        ("https, http", "app.example, inner", "https://app.example"),
        ("http, https, http", "evil.example, app.example, inner", "https://app.example"),
        ("https, http", "app.example", "https://app.example"),
    ] {
        let list = ("x-forwarded-for", "192.0.2.9, 203.0.113.7, 10.0.0.2");
        let headers = [list, ("x-forwarded-proto", proto), ("x-forwarded-host", host)];
        for proxies in &two {
            assert_eq!(origin(proxies, &headers), wanted, "{proto} {host} {proxies:?}");
        }
    }
    let three = [("x-forwarded-for", "203.0.113.7, 10.0.0.3, 10.0.0.2"), ("x-forwarded-host", "a.example, b.example")];
    for proxies in [Proxies::hops(3), trusted(&["10.0.0.0/8"])] {
        assert_eq!(origin(&proxies, &three), "http://inner:81", "whose values these are is not known");
    }
}

#[test]
fn a_request_past_the_outermost_proxy_says_nothing() {
    let headers =
        [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "a.example")];
    assert_eq!(origin(&Proxies::hops(2), &headers), "http://inner:81");
    // No proxy writes addresses at all.
    assert_eq!(origin(&Proxies::hops(2), &headers[1..]), "https://a.example");
}

#[test]
fn the_two_families_are_never_mixed() {
    let forwarded = ("forwarded", "for=198.51.100.9;host=rfc.example;proto=https");
    let x = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-host", "x.example"), ("x-forwarded-port", "8080")];
    let both: Vec<_> = x.into_iter().chain([forwarded, ("host", "inner")]).collect();
    for proxies in [Proxies::hops(1), trusted(&[PEER])] {
        let by_x = ("203.0.113.7".to_owned(), "http://x.example:8080".to_owned());
        assert_eq!(seen(&proxies, Some(PEER), &both), by_x);
        let by_rfc = ("198.51.100.9".to_owned(), "https://rfc.example".to_owned());
        assert_eq!(seen(&proxies.clone().with_forwarded_header(), Some(PEER), &both), by_rfc);
        let nothing = (PEER.to_owned(), "http://inner".to_owned());
        assert_eq!(seen(&proxies, Some(PEER), &[forwarded, ("host", "inner")]), nothing);
        let x = &[&x[..], &[("host", "inner")]].concat();
        assert_eq!(seen(&proxies.with_forwarded_header(), Some(PEER), x), nothing);
    }
}

#[test]
fn forwarded_is_read_as_rfc_7239_has_it() {
    for (value, address, origin) in [
        ("for=203.0.113.7;proto=https;host=app.example", "203.0.113.7", "https://app.example"),
        (
            r#"For="[2001:db8::1]:4711"; Proto=HTTPS; Host="app.example:8443""#,
            "2001:db8::1",
            "https://app.example:8443",
        ),
        ("for=192.0.2.9;host=evil.example, for=203.0.113.7", "203.0.113.7", "http://inner:81"),
        (r#"for="1.2.3.4, for=203.0.113.7;host=app.example"#, "203.0.113.7", "http://app.example"),
        ("for=_hidden;proto=https", PEER, "https://inner:81"),
        ("for=unknown", PEER, "http://inner:81"),
        ("for=203.0.113.7;for=192.0.2.9;proto=https", PEER, "https://inner:81"),
        (r#"host="a.example/\"x";proto=https"#, PEER, "https://inner:81"),
        ("", PEER, "http://inner:81"),
    ] {
        for proxies in [Proxies::hops(1), trusted(&[PEER])] {
            let headers = [("host", "inner:81"), ("forwarded", value)];
            let wanted = (address.to_owned(), origin.to_owned());
            assert_eq!(seen(&proxies.with_forwarded_header(), Some(PEER), &headers), wanted, "{value}");
        }
    }
    let two = "for=203.0.113.7;host=app.example;proto=https, for=10.0.0.2;host=inner;proto=http";
    for proxies in [Proxies::hops(2), trusted(&["10.0.0.0/8"])] {
        let headers = [("host", "inner:81"), ("forwarded", two)];
        let wanted = ("203.0.113.7".to_owned(), "https://app.example".to_owned());
        assert_eq!(seen(&proxies.with_forwarded_header(), Some(PEER), &headers), wanted);
    }
}

#[test]
fn a_request_with_two_hosts_has_no_origin() {
    let none = Proxies::none();
    assert_eq!(origin(&none, &[("host", "a.example"), ("host", "b.example")]), "unknown");
    assert_eq!(origin(&none, &[("host", "a.example"), ("host", "a.example")]), "unknown");
    for (authority, host, wanted) in [
        ("http://a.example/", None, Some("http://a.example")),
        ("http://a.example/", Some("A.example"), Some("http://a.example")),
        ("http://a.example/", Some("b.example"), None),
        ("/", Some("b.example"), Some("http://b.example")),
        ("/", Some("b example"), None),
        ("/", None, None),
    ] {
        let mut request = http::Request::get(authority);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let origin = none.origin(&parts, false).map(|origin| origin.to_string());
        assert_eq!(origin.as_deref(), wanted, "{authority} {host:?}");
    }
}

/// Generates bytes that a header may contain.
fn sent() -> impl Strategy<Value = Vec<u8>> {
    let meaning = prop::sample::select(br#"",;=\ :[]_1."#.to_vec());
    vec(prop_oneof![meaning, 0x20_u8..0x7f, 0x80_u8..], 0..40)
}

/// The header lines of a caller before the proxies add theirs, and whether the proxies continue the last line.
fn continued(lines: &[Vec<u8>], is_joined: bool, added: &str) -> Vec<Vec<u8>> {
    let mut lines = lines.to_vec();
    match lines.last_mut() {
        Some(last) if is_joined => last.extend(format!(", {added}").bytes()),
        _ => lines.push(added.as_bytes().to_vec()),
    }
    lines
}

proptest! {
    #[test]
    fn caller_input_does_not_change_what_the_proxies_report(
        lists in vec(sent(), 0..4),
        other_family in sent(),
        is_joined: bool,
        count in 1_u8..4,
        by_number: bool,
        is_forwarded: bool,
    ) {
        let count_of = usize::from(count);
        let clients = ["203.0.113.7", "10.0.0.4", "10.0.0.3"];
        let proxies = if by_number { Proxies::hops(count) } else { trusted(&["10.0.0.0/8"]) };
        let host = [("host", b"inner".to_vec())];
        let (proxies, headers): (_, Vec<(&str, Vec<u8>)>) = if is_forwarded {
            let elements: Vec<_> = clients[..count_of].iter().enumerate().map(|(place, client)| {
                let host = if place == 0 { "app.example:8443" } else { "inner" };
                format!("for={client};host=\"{host}\";proto={}", if place == 0 { "https" } else { "http" })
            }).collect();
            let lines = continued(&lists, is_joined, &elements.join(", "));
            let others = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port"];
            let others = others.map(|name| (name, other_family.clone()));
            let lines = lines.into_iter().map(|line| ("forwarded", line));
            (proxies.with_forwarded_header(), lines.chain(others).chain(host).collect())
        } else {
            let lines = continued(&lists, is_joined, &clients[..count_of].join(", "));
            let lines = lines.into_iter().map(|line| ("x-forwarded-for", line));
            // The outermost proxy overwrites these, and the others pass them on.
            let overwritten =
                [("x-forwarded-host", "app.example"), ("x-forwarded-proto", "https"), ("x-forwarded-port", "8443")];
            let overwritten = overwritten.map(|(name, value)| (name, value.as_bytes().to_vec()));
            (proxies, lines.chain(overwritten).chain([("forwarded", other_family)]).chain(host).collect())
        };
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        let (address, origin) = seen_bytes(&proxies, Some(PEER), &headers);
        prop_assert_eq!(address, "203.0.113.7");
        prop_assert_eq!(origin, "https://app.example:8443");
    }

    #[test]
    fn an_untrusted_peer_changes_nothing_whatever_it_sends(
        lines in vec((prop::sample::select(ALL.map(|(name, _)| name)[1..].to_vec()), sent()), 0..6),
    ) {
        let headers: Vec<(&str, &[u8])> =
            lines.iter().map(|(name, value)| (*name, value.as_slice())).chain([("host", b"inner".as_slice())]).collect();
        for proxies in [Proxies::none(), trusted(&["10.0.0.1"]), trusted(&["10.0.0.1"]).with_forwarded_header()] {
            let (address, origin) = seen_bytes(&proxies, Some("192.0.2.1"), &headers);
            prop_assert_eq!(address, "192.0.2.1");
            prop_assert_eq!(origin, "http://inner");
        }
    }

    #[test]
    fn unreadable_headers_give_the_peer_and_never_panic(
        lines in vec((prop::sample::select(ALL.map(|(name, _)| name).to_vec()), sent()), 0..8), count: u8,
    ) {
        let headers: Vec<(&str, &[u8])> = lines.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        for proxies in [Proxies::hops(count), trusted(&["0.0.0.0/0"]), Proxies::hops(count).with_forwarded_header()] {
            // `sent` contains no complete address.
            prop_assert_eq!(seen_bytes(&proxies, Some(PEER), &headers).0, PEER);
        }
    }
}
