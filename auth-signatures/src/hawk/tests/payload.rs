//! The body and its hash.

use super::*;

const HASH_OF_HELLO: &str = "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=";

#[tokio::test]
async fn media_type_parameters_and_case_are_ignored() {
    let server = Server::new();
    for (signed, sent) in [
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/plain; charset=utf-8", "text/plain"),
        ("Text/PLAIN", "text/plain"),
        ("text/plain ;x", "text/plain"),
    ] {
        let mut request = post(URL, signed, "Thank you for flying Hawk");
        let artifacts = server.client().sign(&mut request, &SignOptions::new()).unwrap();
        assert_eq!(artifacts.hash(), Some(HASH_OF_HELLO), "{signed}");
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(sent));
        server.send(request).await.assert_good();
    }
}

#[tokio::test]
async fn bodies_can_contain_any_bytes() {
    let server = Server::new();
    for body in ["äöü ☃".as_bytes(), &[0, 255, 254, 13, 10, 0], b"", &vec![b'x'; 100_000]] {
        let mut request = post(URL, "application/octet-stream", body);
        server.client().sign(&mut request, &SignOptions::new()).unwrap();
        assert!(header(&request).contains("hash="));
        let answer = server.send(request).await;
        assert_eq!(answer.head.status, StatusCode::OK);
        assert!(answer.body.ends_with(&[b"true|", body].concat()));
    }
}

#[tokio::test]
async fn request_without_body_and_content_type_needs_no_hash() {
    let server = Server::new();
    let mut request = Request::post(URL).body(Vec::new()).unwrap();
    let artifacts = server.client().sign(&mut request, &SignOptions::new()).unwrap();
    assert_eq!(artifacts.hash(), None);
    server.send(request).await.assert_good();
}

#[tokio::test]
async fn a_body_or_a_content_type_without_a_hash_is_refused() {
    let server = Server::new();
    for mut request in [post(URL, "text/plain", ""), Request::post(URL).body(b"body".to_vec()).unwrap()] {
        let (mut parts, body) = std::mem::take(&mut request).into_parts();
        server.client().sign_parts(&mut parts, &SignOptions::new()).unwrap();
        server.send(Request::from_parts(parts, body)).await.assert_failed();
    }
    assert_eq!(server.backend().recorded.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_body_of_unknown_length_needs_a_hash_too() {
    let server = Server::new();
    for (hash, good) in [(true, true), (false, false)] {
        let request = Request::post("https://example.com/resource/1").body(()).unwrap();
        let (mut parts, ()) = request.into_parts();
        let mut options = SignOptions::new();
        if hash {
            let mut hash = server.client().payload_hash("");
            hash.update(b"in pieces");
            options = options.with_hash(hash.finish());
        }
        server.client().sign_parts(&mut parts, &options).unwrap();
        let request = Request::from_parts(parts, Pieces::body(vec!["in", " ", "pieces"]));
        let answer = server.send_body(request).await;
        if good {
            assert!(answer.assert_good().ends_with("|true|in pieces"));
        } else {
            answer.assert_failed();
        }
    }
}

#[tokio::test]
async fn unsigned_body_is_accepted_if_configured() {
    let server = Server::new();
    let url = "https://example.com/unsigned";
    let (mut parts, body) = post(url, "text/plain", "body").into_parts();
    server.client().sign_parts(&mut parts, &SignOptions::new()).unwrap();
    let answer = server.send(Request::from_parts(parts, body)).await;
    assert!(answer.assert_good().ends_with("|false|body"));

    let mut request = post(url, "text/plain", "body");
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    *request.body_mut() = b"bodies".to_vec();
    server.send(request).await.assert_failed();

    // Removing the hash changes what the MAC covers.
    let mut request = post(url, "text/plain", "body");
    let artifacts = server.client().sign(&mut request, &SignOptions::new()).unwrap();
    edit(&mut request, &format!(", hash=\"{}\"", artifacts.hash().unwrap()), "");
    server.send(request).await.assert_failed();
}

#[test]
fn chunked_hash_equals_hash_of_the_whole() {
    let client = Server::new().client();
    let mut pieces = client.payload_hash("text/plain");
    for piece in ["Thank you", "", " for flying", " Hawk"] {
        pieces.update(piece.as_bytes());
    }
    assert_eq!(pieces.finish(), HASH_OF_HELLO);
    let mut whole = post(URL, "text/plain", "Thank you for flying Hawk");
    let options = SignOptions::new().with_nonce("n");
    client.sign(&mut whole, &options).unwrap();
    let (mut parts, ()) = post(URL, "text/plain", "").map(|_| ()).into_parts();
    client.sign_parts(&mut parts, &options.with_hash(HASH_OF_HELLO)).unwrap();
    assert_eq!(parts.headers[AUTHORIZATION], whole.headers()[AUTHORIZATION]);
}

#[tokio::test]
async fn body_beyond_the_limit_is_refused_with_413() {
    let server = Server::new();
    for (body, status) in [("8 bytes.", StatusCode::OK), ("9 bytes..", StatusCode::PAYLOAD_TOO_LARGE)] {
        let mut request = post("https://example.com/small", "text/plain", body);
        server.client().sign(&mut request, &SignOptions::new()).unwrap();
        assert_eq!(server.send(request).await.head.status, status, "{body}");
    }
}

#[tokio::test]
async fn a_stream_is_verified_while_it_is_read() {
    let server = Server::new();
    let url = "https://example.com/stream";
    let long = vec![b'x'; 3 * 1024 * 1024];
    let mut request = post(url, "text/plain", long);
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    assert_eq!(server.send(request).await.assert_good(), "ada|3145728");

    let mut request = post(url, "text/plain", "body");
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    request.body_mut().push(b'!');
    assert_eq!(server.send(request).await.head.status, StatusCode::UNPROCESSABLE_ENTITY);
}
