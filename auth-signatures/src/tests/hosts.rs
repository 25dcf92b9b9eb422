//! A signature is for one host, a request names one host, and the server limits how long links are valid.

use super::*;

#[tokio::test]
async fn a_request_that_names_two_hosts_is_refused() {
    let configured = PublicOrigin::configured(ORIGIN).unwrap();
    for origin in [PublicOrigin::host_header(true), configured] {
        let clock = Clock::manual(NOW);
        let server = start_as(keys(), &clock, origin);
        for scheme in SCHEMES {
            let path = format!("/{scheme}");
            for other in ["other.example", "api.example"] {
                let mut twice = sign(request(&path, &[], ""), &clock);
                twice.headers_mut().append(HOST, other.parse().unwrap());
                assert_eq!(status(&server, &twice).await, 401, "{scheme}: {other}");
            }
            for (host, expected) in [
                ("other.example", 401),
                ("api.example:8443", 401),
                ("api.example.", 401),
                ("\u{e9}", 401),
                ("api.example", 200),
                ("API.example:443", 200),
            ] {
                let mut whole = sign(request(&format!("{path}?{}", host.len()), &[], ""), &clock);
                let uri = format!("{ORIGIN}{}", whole.uri());
                *whole.uri_mut() = uri.parse().unwrap();
                whole.headers_mut().insert(HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap());
                assert_eq!(status(&server, &whole).await, expected, "{scheme}: {host}");
            }
        }
    }
}

fn linked(path: &str, lifetime: Duration, clock: &Clock) -> Request<Bytes> {
    let client = Client::new(key()).unwrap().with_clock(clock.clone());
    let uri = client.signed_uri(&format!("{ORIGIN}{path}").parse().unwrap(), lifetime, None).unwrap();
    on_the_wire(Request::get(uri).body(Bytes::new()).unwrap())
}

#[tokio::test]
async fn a_link_that_names_two_hosts_is_refused() {
    let clock = Clock::manual(NOW);
    let server = start(keys(), &clock);
    let mut link = linked("/link", Duration::from_secs(60), &clock);
    assert_eq!(status(&server, &link).await, 200);
    link.headers_mut().append(HOST, "other.example".parse().unwrap());
    assert_eq!(status(&server, &link).await, 401);
}

#[tokio::test]
async fn link_with_too_long_a_lifetime_is_refused() {
    let clock = Clock::manual(NOW);
    let server = start(keys(), &clock);
    let (hour, week, year) =
        (Duration::from_secs(3_600), Duration::from_secs(7 * 86_400), Duration::from_secs(365 * 86_400));
    let second = Duration::from_secs(1);
    for (path, lifetime, expected) in [
        ("/short-link", hour, 200),
        ("/short-link", hour + second, 401),
        ("/short-link", 10 * year, 401),
        ("/link", week, 200),
        ("/link", week + second, 401),
        ("/link", 10 * year, 401),
    ] {
        assert_eq!(status(&server, &linked(path, lifetime, &clock)).await, expected, "{path} {lifetime:?}");
    }
    let ten_years = linked("/short-link", 10 * year, &clock);
    clock.advance(9 * year);
    assert_eq!(status(&server, &ten_years).await, 401);
}
