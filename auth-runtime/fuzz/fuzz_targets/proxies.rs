//! `Forwarded` and `X-Forwarded-*` from callers and proxies, and lists of peers as text.
#![no_main]

use std::net::{IpAddr, SocketAddr};

use auth_runtime::{Peers, Proxies, PublicOrigin, Settings};
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;

const PEER: [u8; 4] = [10, 0, 0, 1];
const CALLER: [u8; 4] = [203, 0, 113, 7];

/// A request from [`PEER`]; values that HTTP does not allow are left out.
fn request(headers: &[(&'static str, &[u8])]) -> Parts {
    let (mut parts, ()) = Request::new(()).into_parts();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            parts.headers.append(*name, value);
        }
    }
    parts.extensions.insert(ConnectInfo(SocketAddr::from((PEER, 40_000))));
    parts
}

/// Address and origin, as these proxies say them.
fn seen(proxies: Proxies, request: &Parts) -> (Option<IpAddr>, Option<String>) {
    let settings = Settings::default().with_public_origin(PublicOrigin::host_header(false)).with_proxies(proxies);
    let origin = settings.public_origin().of(request).map(|origin| origin.to_string());
    (settings.client_address(request), origin)
}

fuzz_target!(|data: &[u8]| {
    let mut lines = data.splitn(5, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (list, forwarded, proto, host, port) = (line(), line(), line(), line(), line());
    let sent = [
        ("x-forwarded-for", list),
        ("forwarded", forwarded),
        ("x-forwarded-proto", proto),
        ("x-forwarded-ssl", proto),
        ("x-forwarded-host", host),
        ("x-forwarded-port", port),
        ("host", b"inner"),
    ];
    let as_sent = request(&sent);

    // Nobody is trusted, so nothing counts.
    let strangers = Proxies::trusted(["10.0.0.2", "unix:"]).unwrap();
    for proxies in [Proxies::none(), strangers.clone(), strangers.with_forwarded_header()] {
        assert_eq!(seen(proxies, &as_sent), (Some(PEER.into()), Some("http://inner".into())));
    }

    // The proxy appends the caller's address and overwrites the rest, or appends its element of `Forwarded`.
    let (mut plain, mut element) = (list.to_vec(), forwarded.to_vec());
    plain.extend(b", 203.0.113.7");
    element.extend(b", for=203.0.113.7;proto=https;host=\"app.example:8443\"");
    let overwritten = [
        ("x-forwarded-for", plain.as_slice()),
        ("x-forwarded-proto", b"https"),
        ("x-forwarded-host", b"app.example:8443"),
        ("x-forwarded-ssl", proto),
        ("x-forwarded-port", port),
        ("forwarded", forwarded),
        ("host", b"inner"),
    ];
    let by_rfc = [("forwarded", element.as_slice()), sent[0], sent[2], sent[3], sent[4], sent[5], sent[6]];
    let wanted = (Some(IpAddr::from(CALLER)), Some("https://app.example:8443".to_owned()));
    for proxies in [Proxies::hops(1), Proxies::trusted(["10.0.0.0/8"]).unwrap()] {
        // Bytes that HTTP does not allow take the whole header with them.
        if HeaderValue::from_bytes(&plain).is_ok() {
            assert_eq!(seen(proxies.clone(), &request(&overwritten)), wanted);
        }
        if HeaderValue::from_bytes(&element).is_ok() {
            assert_eq!(seen(proxies.with_forwarded_header(), &request(&by_rfc)), wanted);
        }
    }

    // A proxy that hands on whatever it gets: no panic, and an origin that is one.
    for proxies in [Proxies::hops(1), Proxies::hops(3), Proxies::trusted(["0.0.0.0/0", "::/0", "unix:"]).unwrap()] {
        for proxies in [proxies.clone(), proxies.with_forwarded_header()] {
            let (address, origin) = seen(proxies, &as_sent);
            assert!(address.is_some());
            assert!(auth_runtime::Origin::parse(&origin.unwrap()).is_ok());
        }
    }
    if let Ok(text) = std::str::from_utf8(list) {
        drop(Peers::parse(text.split(',')));
    }
});
