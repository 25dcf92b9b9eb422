//! The client's side, and what servers request of it.

use super::super::input::SignatureInput;
use super::*;

#[tokio::test]
async fn client_signs_what_a_401_requests() {
    let key = SigningKey::generate("k1", KeyAlgorithm::Ed25519).unwrap();
    let server = server(&key);
    // The server would refuse requests that this signer signs on its own.
    let signer = server.signer(&key).with_nonce(false).with_components(["@method"]);
    for (path, body) in
        [("/strict", "body"), ("/typed", ""), ("/nonce", ""), ("/tagged", ""), ("/ed25519", "x"), ("/chain", "")]
    {
        let mut request = unsigned_request("POST", path, body);
        request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
        let refusal = server.send(on_the_wire(request.clone())).await;
        assert_eq!(refusal.status(), 401, "{path}");
        signer.answer(refusal.headers(), &mut request, body.as_bytes()).unwrap();
        let response = server.send(on_the_wire(request)).await;
        assert_eq!(response.status(), 200, "{path}");
    }
}

fn asked(text: &str) -> HeaderMap {
    HeaderMap::from_iter([(http::HeaderName::from_static("accept-signature"), text.parse().unwrap())])
}

fn answer(signer: &MessageSigner, text: &str) -> Result<String, SignatureError> {
    let mut request = unsigned_request("GET", "/", "");
    signer.answer(&asked(text), &mut request, b"")?;
    Ok(request.headers()["signature-input"].to_str().unwrap().to_owned())
}

#[test]
fn answer_covers_the_requested_and_the_default_components() {
    let clock = Clock::manual(Duration::from_secs(5));
    let signer = MessageSigner::new(key()).with_clock(clock).with_nonce(false);
    let answer = |text: &str| answer(&signer, text);
    for (asked, answered) in [
        ("a=()", "a=(\"@method\" \"@target-uri\");created=5;keyid=\"k1\""),
        ("a=(\"@path\");created;keyid=\"k1\"", "a=(\"@path\" \"@method\" \"@target-uri\");created=5;keyid=\"k1\""),
        (
            "a=(\"@query\" \"@authority\" \"@path\" \"@method\");nonce=\"n\";tag=\"t\"",
            "a=(\"@query\" \"@authority\" \"@path\" \"@method\");created=5;nonce=\"n\";keyid=\"k1\";tag=\"t\"",
        ),
        (
            "a=();alg=\"ed25519\", b=();keyid=\"other\", c=(\"@method\");alg=\"hmac-sha256\";expires",
            "c=(\"@method\" \"@target-uri\");created=5;expires=305;alg=\"hmac-sha256\";keyid=\"k1\"",
        ),
    ] {
        assert_eq!(answer(asked).as_deref(), Ok(answered), "{asked}");
    }
    assert_eq!(answer("a=();alg=\"ed25519\""), Err(SignatureError::NotSigned));
    assert_eq!(answer("a=();keyid=\"other\""), Err(SignatureError::NotSigned));
    assert!(matches!(answer("a=(\"x-a\")"), Err(SignatureError::Component { .. })));
    assert!(matches!(answer("a"), Err(SignatureError::Malformed(_))));
    let mut request = unsigned_request("GET", "/", "");
    assert_eq!(signer.answer(&HeaderMap::new(), &mut request, b""), Err(SignatureError::NotSigned));
}

#[test]
fn signing_again_replaces_the_signature() {
    let signer = MessageSigner::new(key());
    let mut request = unsigned_request("POST", "/", "body");
    signer.clone().with_label("other").sign(&mut request, b"body").unwrap();
    signer.sign(&mut request, b"body").unwrap();
    signer.sign(&mut request, b"body").unwrap();
    let inputs = read::read(request.headers(), MAX_COMPONENTS).unwrap();
    assert_eq!(inputs.iter().map(SignatureInput::label).collect::<Vec<_>>(), ["other", "sig1"]);
}

#[test]
fn failed_signing_leaves_the_request_unchanged() {
    let signer = || MessageSigner::new(key());
    for signer in [
        signer().with_components(["x-absent"]),
        signer().with_components(["@status"]),
        signer().with_components(["@method;req"]),
        signer().with_components(["@path", "@path"]),
        signer().with_components(["not a name"]),
        signer().with_label("No-Label"),
        signer().with_tag("é"),
        MessageSigner::new(SigningKey::shared("é", KeyAlgorithm::HmacSha256, &[7; 32]).unwrap()),
    ] {
        let mut request = unsigned_request("GET", "/", "");
        assert!(signer.sign(&mut request, b"").is_err(), "{signer:?}");
        assert!(!request.headers().contains_key("signature"));
    }
    let mut nowhere = Request::get("/").body(()).unwrap();
    assert!(signer().sign(&mut nowhere, b"").is_err());
    nowhere.headers_mut().insert("host", "api.example".parse().unwrap());
    assert!(signer().sign(&mut nowhere, b"").is_ok());
}

#[test]
fn stream_is_covered_by_its_existing_digest() {
    let mut request = unsigned_request("POST", "/", "body");
    MessageSigner::new(key()).sign_head(&mut request).unwrap();
    assert!(!request.headers()["signature-input"].to_str().unwrap().contains("content-digest"));
    let digest = crate::digest::ContentDigest::sha512(b"body").to_header_value();
    request.headers_mut().insert("content-digest", digest);
    MessageSigner::new(key()).sign_head(&mut request).unwrap();
    assert!(request.headers()["signature-input"].to_str().unwrap().contains("\"content-digest\""));
}

#[test]
fn nonces_differ_and_debug_shows_no_secret() {
    let signer = MessageSigner::new(key());
    let nonce = || {
        let mut request = unsigned_request("GET", "/", "");
        signer.sign(&mut request, b"").unwrap();
        read::read(request.headers(), MAX_COMPONENTS).unwrap()[0].nonce().unwrap().into_owned()
    };
    let (first, second) = (nonce(), nonce());
    assert!(first != second && first.len() == 22);
    let shown = format!("{signer:?} {:?}", ResponseVerifier::new([key().verifying_key()]));
    assert!(shown.contains("k1") && !shown.contains("7, 7"));
}
