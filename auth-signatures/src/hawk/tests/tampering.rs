//! Nothing that the MAC covers can be changed.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::*;

type Change = fn(&mut Request<Vec<u8>>);

fn set_uri(request: &mut Request<Vec<u8>>, url: &str) {
    *request.uri_mut() = url.parse().unwrap();
}

#[tokio::test]
async fn changing_a_covered_part_is_refused() {
    let changes: [(&str, Change); 19] = [
        ("host", |r| set_uri(r, "https://example.org:8000/resource/1?b=1&a=2")),
        ("port", |r| set_uri(r, "https://example.com:8001/resource/1?b=1&a=2")),
        ("no port", |r| set_uri(r, "https://example.com/resource/1?b=1&a=2")),
        ("path", |r| set_uri(r, "https://example.com:8000/resource/2?b=1&a=2")),
        ("query", |r| set_uri(r, "https://example.com:8000/resource/1?b=1&a=3")),
        ("order of the query", |r| set_uri(r, "https://example.com:8000/resource/1?a=2&b=1")),
        ("no query", |r| set_uri(r, "https://example.com:8000/resource/1")),
        ("encoding", |r| set_uri(r, "https://example.com:8000/resource/%31?b=1&a=2")),
        ("method", |r| *r.method_mut() = http::Method::PUT),
        ("content", |r| r.body_mut().push(b'!')),
        ("no content", |r| r.body_mut().clear()),
        ("content type", |r| {
            r.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        }),
        ("no content type", |r| {
            r.headers_mut().remove(CONTENT_TYPE);
        }),
        ("second content type", |r| {
            r.headers_mut().append(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        }),
        ("hash", |r| edit(r, "hash=\"Yi9L", "hash=\"Yi9M")),
        ("ext", |r| edit(r, "ext=\"data\"", "ext=\"date\"")),
        ("app", |r| edit(r, "app=\"my-app\"", "app=\"my-apq\"")),
        ("dlg", |r| edit(r, "dlg=\"my-dlg\"", "dlg=\"my-dlh\"")),
        ("mac", |r| {
            let text = header(r);
            let at = text.find("mac=\"").unwrap() + 5;
            let other = if &text[at..=at] == "A" { "B" } else { "A" };
            set_header(r, &format!("{}{other}{}", &text[..at], &text[at + 1..]));
        }),
    ];
    for (what, change) in changes {
        let server = Server::new();
        let mut request = post(URL, "text/plain", "Thank you for flying Hawk");
        let options = SignOptions::new().with_ext("data").with_delegated_app("my-app", "my-dlg");
        server.client().sign(&mut request, &options).unwrap();
        change(&mut request);
        let answer = server.send(request).await;
        assert_eq!(answer.head.status, StatusCode::UNAUTHORIZED, "{what}");
        answer.assert_failed();
    }
}

#[tokio::test]
async fn adding_or_removing_a_covered_part_is_refused() {
    for (from, to) in [
        (", ext=\"data\"", ""),
        (", app=\"my-app\", dlg=\"my-dlg\"", ""),
        (", dlg=\"my-dlg\"", ""),
        ("nonce=\"j4h3g2\"", "nonce=\"j4h3g3\""),
        ("ts=\"1353832234\"", "ts=\"1353832235\""),
        ("ts=\"1353832234\"", "ts=\"01353832234\""),
        ("id=\"dh37fgj492je\"", "id=\"other\""),
        ("Hawk ", "Hawk hash=\"Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=\", "),
    ] {
        let server = Server::new();
        let other = "another secret of thirty-two bytes";
        server.backend().insert(key("other", KeyAlgorithm::HmacSha256, other), "eve", true);
        let mut request = get(URL);
        let options = SignOptions::new().with_ext("data").with_nonce("j4h3g2").with_delegated_app("my-app", "my-dlg");
        server.client().sign(&mut request, &options).unwrap();
        edit(&mut request, from, to);
        server.send(request).await.assert_failed();
    }
    let server = Server::new();
    let mut request = get(URL);
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    edit(&mut request, "Hawk ", "Hawk app=\"mine\", ");
    server.send(request).await.assert_failed();
}

#[tokio::test]
async fn signature_for_another_site_or_scheme_is_refused() {
    let server = Server::new();
    let mut request = get("http://example.com/resource/1");
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    server.send(request).await.assert_failed();

    let site = Server::seen_as(PublicOrigin::configured("https://api.example.com").unwrap());
    let mut request = get("https://other.example.com/resource/1");
    site.client().sign(&mut request, &SignOptions::new()).unwrap();
    site.send(request).await.assert_failed();
    let mut request = get("https://API.example.com:443/resource/1");
    site.client().sign(&mut request, &SignOptions::new()).unwrap();
    site.send(request).await.assert_good();
}

#[tokio::test]
async fn bewit_and_header_cannot_replace_each_other() {
    let server = Server::new();
    let bewit = server.client().bewit(&URL.parse().unwrap(), Duration::from_secs(60), None).unwrap();
    let decoded = Base64UrlUnpadded::decode_vec(&bewit).unwrap();
    let decoded = String::from_utf8(decoded).unwrap();
    let mac = decoded.split('\\').nth(2).unwrap();
    let ts = NOW + 60;
    let mut request = get(URL);
    set_header(&mut request, &format!(r#"Hawk id="dh37fgj492je", ts="{ts}", nonce=" ", mac="{mac}""#));
    server.send(request).await.assert_failed();
}
