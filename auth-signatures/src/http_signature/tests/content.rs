//! The content of a request and its digest.

use super::*;

/// Returns a signed request with this `Content-Digest`, which the signature covers or not.
fn with_digest(
    server: &Server,
    path: &str,
    body: &str,
    digest: Option<&str>,
    component: Option<&str>,
) -> Request<Vec<u8>> {
    let mut request = unsigned_request("POST", path, body);
    if let Some(digest) = digest {
        request.headers_mut().insert("content-digest", digest.parse().unwrap());
    }
    let covered = ["\"@method\"", "\"@target-uri\""].into_iter().chain(component).collect::<Vec<_>>().join(" ");
    let params = format!("created={};keyid=\"k1\"", server.clock.now().as_secs());
    by_hand(&key(), request, &format!("sig1=({covered});{params}"))
}

const DIGEST: Option<&str> = Some("\"content-digest\"");

#[tokio::test]
async fn content_must_be_signed_and_unmodified() {
    let server = server(&key());
    let good = crate::digest::ContentDigest::sha256(b"body").to_header_value();
    let good = good.to_str().unwrap();
    let other = crate::digest::ContentDigest::sha512(b"other").to_header_value();
    let both = format!("{good}, {}", other.to_str().unwrap());
    let more = format!("md5=:AAAA:, {good}, sha=:AAAA:");
    for (digest, component, status, why) in [
        (Some(good), DIGEST, 200, "good"),
        (Some(&*more), DIGEST, 200, "other algorithms are ignored"),
        (Some(good), Some("\"content-digest\";sf"), 200, "in strict form"),
        (Some(good), Some("\"content-digest\";bs"), 200, "as bytes"),
        (Some(good), Some("\"content-digest\";key=\"sha-256\""), 401, "only a member is covered"),
        (Some(good), None, 401, "not covered"),
        (None, None, 401, "no digest"),
        (Some(&*both), DIGEST, 401, "one of two is wrong"),
        (Some("md5=:AAAA:"), DIGEST, 401, "no algorithm that counts"),
        (Some("sha-256=:AAAA:"), DIGEST, 401, "too short"),
        (Some("sha-256=1"), DIGEST, 401, "no bytes"),
        (Some("!"), DIGEST, 401, "no dictionary"),
        (Some(other.to_str().unwrap()), DIGEST, 401, "of another content"),
    ] {
        let (found, body) = server.answer(with_digest(&server, "/strict", "body", digest, component)).await;
        assert_eq!(found, status, "{why}: {body}");
    }
}

#[tokio::test]
async fn unsigned_content_is_accepted_if_configured_and_signed_content_is_verified() {
    let server = server(&key());
    let other = crate::digest::ContentDigest::sha512(b"other").to_header_value();
    let other = other.to_str().unwrap();
    let member = Some("\"content-digest\";key=\"sha-512\"");
    for (digest, component, status, why) in [
        (None, None, 200, "none"),
        (Some(other), None, 200, "what nobody signed is no evidence for or against"),
        (Some(other), DIGEST, 401, "signed"),
        (Some(other), member, 401, "a member of it signed"),
        (Some("md5=:AAAA:"), DIGEST, 401, "signed by nothing that counts"),
    ] {
        let path = format!("/unsigned?{}", why.len());
        let (found, body) = server.answer(with_digest(&server, &path, "body", digest, component)).await;
        assert_eq!(found, status, "{why}: {body}");
    }
}

#[tokio::test]
async fn empty_content_needs_no_digest_but_a_signed_one_must_match() {
    let server = server(&key());
    let empty = crate::digest::ContentDigest::sha256(b"").to_header_value();
    let other = crate::digest::ContentDigest::sha256(b"other").to_header_value();
    for (digest, component, status) in [
        (None, None, 200),
        (Some(empty.to_str().unwrap()), DIGEST, 200),
        (Some(other.to_str().unwrap()), DIGEST, 401),
        (Some("x=1"), DIGEST, 401),
    ] {
        let (found, body) = server.answer(with_digest(&server, "/strict", "", digest, component)).await;
        assert_eq!(found, status, "{digest:?}: {body}");
    }
}

#[tokio::test]
async fn content_length_is_limited() {
    let key = key();
    let server = server(&key);
    assert_eq!(server.answer(signed(&server.signer(&key), "POST", "/short", "four")).await, (200, "ada 4".to_owned()));
    assert_eq!(server.answer(signed(&server.signer(&key), "POST", "/short", "fives")).await.0, 413);
}

#[tokio::test]
async fn modified_stream_ends_with_an_error() {
    let key = key();
    let server = server(&key);
    let long = "x".repeat(3 * 1024 * 1024);
    let request = signed(&server.signer(&key), "POST", "/stream", &long);
    assert_eq!(server.answer(request).await, (200, format!("ada {}", long.len())));
    let mut request = signed(&server.signer(&key), "POST", "/stream", "body");
    *request.body_mut() = b"bode".to_vec();
    assert_eq!(server.answer(request).await.0, 418);
    let request = on_the_wire(unsigned_request("POST", "/stream", "body"));
    assert_eq!(server.answer(request).await.0, 401);
}

#[tokio::test]
async fn refused_request_body_is_not_read() {
    let key = key();
    let server = server(&key);
    let mut request = signed(&server.signer(&key), "POST", "/strict", "body");
    request.headers_mut().insert("signature", "sig1=:AAAA:".parse().unwrap());
    let never = unreadable();
    let response = server.router.clone().oneshot(request.map(|_| never)).await.unwrap();
    assert_eq!(response.status(), 401);
}

/// Returns a body that panics when it is read.
fn unreadable() -> Body {
    struct Never;
    impl http_body::Body for Never {
        type Data = Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
            panic!("read before the signature was verified")
        }
    }
    Body::new(Never)
}
