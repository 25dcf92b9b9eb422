//! Which headers are valid in Hawk, and which are not.

use super::*;

async fn answer(value: &[u8]) -> Answer {
    let mut request = get(URL);
    request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
    Server::new().send(request).await
}

fn signed(server: &Server) -> Request<Vec<u8>> {
    let mut request = get(URL);
    let options = SignOptions::new().with_ext("data").with_nonce("j4h3g2").with_delegated_app("my-app", "my-dlg");
    server.client().sign(&mut request, &options).unwrap();
    request
}

#[tokio::test]
async fn request_without_hawk_header_is_skipped() {
    let server = Server::new();
    server.send(get(URL)).await.assert_not_attempted();
    for other in ["Basic YWRhOnB3", "Bearer abc", "Hawkish id=\"1\"", "Hawk,id=\"1\"", "Hawkid=\"1\""] {
        answer(other.as_bytes()).await.assert_not_attempted();
    }
    assert_eq!(server.backend().asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn valid_request_is_authenticated_as_its_signer() {
    let server = Server::new();
    let request = signed(&server);
    let expected = r#"ada|dh37fgj492je|Some("data")|Some("my-app")|Some("my-dlg")|false|"#;
    assert_eq!(server.send(request).await.assert_good(), expected);
    let mut form = post(URL, "application/x-www-form-urlencoded", "a=1&b=2");
    server.client().sign(&mut form, &SignOptions::new()).unwrap();
    assert_eq!(server.send(form).await.assert_good(), "ada|dh37fgj492je|None|None|None|true|a=1&b=2");
}

#[tokio::test]
async fn keyword_case_and_attribute_order_do_not_matter() {
    for (keyword, swapped) in [("hawk", false), ("HAWK", true)] {
        let server = Server::new();
        let mut request = signed(&server);
        edit(&mut request, "Hawk", keyword);
        if swapped {
            let text = header(&request);
            let mut attributes: Vec<&str> = text["Hawk ".len()..].split(", ").collect();
            attributes.reverse();
            let text = format!("{keyword} \t {}  ", attributes.join(" ,\t"));
            set_header(&mut request, &text);
        }
        server.send(request).await.assert_good();
    }
}

#[tokio::test]
async fn missing_required_attribute_is_refused() {
    for name in ["id", "ts", "nonce", "mac"] {
        let server = Server::new();
        let mut request = signed(&server);
        let text = header(&request);
        let kept: Vec<&str> =
            text["Hawk ".len()..].split(", ").filter(|attribute| !attribute.starts_with(&format!("{name}="))).collect();
        assert_eq!(kept.len(), 6);
        set_header(&mut request, &format!("Hawk {}", kept.join(", ")));
        server.send(request).await.assert_malformed();
    }
    for short in ["Hawk", "Hawk ", "hawk", "Hawk mac=\"x\"", "Hawk id=\"1\", ts=\"1\", nonce=\"1\""] {
        answer(short.as_bytes()).await.assert_malformed();
    }
}

#[tokio::test]
async fn invalid_syntax_is_malformed() {
    let long = format!("data{}", "a".repeat(4096));
    for (from, to) in [
        ("Hawk id", "Hawk x=\"1\", id"),
        ("Hawk id", "Hawk ID=\"1\", id"),
        ("Hawk id", "Hawk nonce=\"j4h3g2\", id"),
        ("Hawk id", "Hawk ,id"),
        ("Hawk id", "Hawk x id"),
        ("\"data\"", "\"da\"ta\""),
        ("\"data\"", "\"da\\\"ta\""),
        ("\"data\"", "\"da\\nta\""),
        ("\"data\"", "\"da\tta\""),
        ("\"data\"", "\"d\u{e9}ta\""),
        ("\"data\"", "\"\""),
        ("\"data\"", "data"),
        ("\"data\"", "'data'"),
        ("\"data\", ", "\"data\" "),
        ("\"data\"", &format!("\"{long}\"")),
        ("dlg=\"my-dlg\"", "dlg=\"my-dlg\", "),
        ("dlg=\"my-dlg\"", "dlg=\"my-dlg\" and more"),
        ("dlg=\"my-dlg\"", "dlg=\"my-dlg"),
        ("app=\"my-app\", ", ""),
        ("ts=\"1353832234\"", "ts=\"now\""),
        ("ts=\"1353832234\"", "ts=\"+1353832234\""),
        ("ts=\"1353832234\"", "ts=\"1353832234.0\""),
        ("ts=\"1353832234\"", "ts=\"99999999999999999999\""),
    ] {
        let server = Server::new();
        let mut request = signed(&server);
        edit(&mut request, from, to);
        let answer = server.send(request).await;
        answer.assert_malformed();
        assert_eq!(server.backend().asked.load(Ordering::SeqCst), 0, "{to}");
    }
    answer(b"Hawk id=\"\xff\", ts=\"1\", nonce=\"1\", mac=\"1\"").await.assert_malformed();
}

#[tokio::test]
async fn signed_ts_that_is_not_a_number_is_malformed() {
    let server = Server::new();
    let mut request = signed(&server);
    let artifacts = server.client().sign(&mut request, &SignOptions::new()).unwrap();
    let artifacts = super::super::Artifacts { ts: "now".to_owned(), ..artifacts };
    let mac = super::super::artifacts::mac(&key("", KeyAlgorithm::HmacSha256, K1), &artifacts.of_request());
    let nonce = artifacts.nonce();
    set_header(&mut request, &format!(r#"Hawk id="dh37fgj492je", ts="now", nonce="{nonce}", mac="{mac}""#));
    server.send(request).await.assert_malformed();
}

#[tokio::test]
async fn the_whole_legal_charset_is_accepted() {
    let server = Server::new();
    let charset: String = (' '..='~').filter(|character| !matches!(character, '"' | '\\')).collect();
    for ext in [charset.as_str(), "a=1&b=2;c=3", "=", " "] {
        let mut request = get(URL);
        server.client().sign(&mut request, &SignOptions::new().with_ext(ext)).unwrap();
        let answer = server.send(request).await;
        assert!(answer.assert_good().contains(&format!("{:?}", Some(ext))), "{ext}");
    }
}

#[tokio::test]
async fn two_headers_are_refused() {
    let server = Server::new();
    let mut request = signed(&server);
    request.headers_mut().append(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
    server.send(request).await.assert_malformed();
}

#[tokio::test]
async fn wrong_credentials_are_not_treated_as_missing() {
    let server = Server::new();
    assert_eq!(server.send(get("https://example.com/open")).await.assert_good(), "anonymous");
    assert_eq!(server.get("https://example.com/open").await.assert_good(), "ada");
    for wrong in ["Hawk", "Hawk id=\"1\"", "Hawk id=\"1\", ts=\"1\", nonce=\"1\", mac=\"1\""] {
        let mut request = get("https://example.com/open");
        set_header(&mut request, wrong);
        assert_eq!(server.send(request).await.head.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
}
