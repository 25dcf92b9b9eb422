//! Several signatures, and several schemes.

use super::*;

#[tokio::test]
async fn one_valid_signature_of_several_is_enough() {
    let key = key();
    let server = server(&key);
    let other = SigningKey::generate("proxy", KeyAlgorithm::Ed25519).unwrap();
    let (mine, proxy) = (server.signer(&key).with_label("mine"), server.signer(&other).with_label("proxy"));
    for first_is_mine in [true, false] {
        let mut request = unsigned_request("GET", "/strict", "");
        let (first, second) = if first_is_mine { (&mine, &proxy) } else { (&proxy, &mine) };
        first.sign(&mut request, b"").unwrap();
        second.sign(&mut request, b"").unwrap();
        assert_eq!(request.headers().get_all("signature").iter().count(), 2);
        server.accepts(on_the_wire(request), "two lines").await;
    }
    let mut request = unsigned_request("GET", "/strict", "");
    proxy.sign(&mut request, b"").unwrap();
    server.refuses(on_the_wire(request), "of somebody else alone").await;
}

#[tokio::test]
async fn tag_selects_the_signature() {
    let key = key();
    let server = server(&key);
    let other = SigningKey::generate("k2", KeyAlgorithm::Ed25519).unwrap();
    server.keys.add(other.verifying_key(), Account { name: "bob", active: true });
    let mut request = unsigned_request("GET", "/tagged", "");
    server.signer(&other).with_label("a").with_tag("other").sign(&mut request, b"").unwrap();
    server.refuses(on_the_wire(request.clone()), "another tag").await;
    server.signer(&key).with_label("b").with_tag("orders").sign(&mut request, b"").unwrap();
    assert_eq!(server.answer(on_the_wire(request)).await, (200, "ada".to_owned()));
}

#[tokio::test]
async fn signature_can_cover_another_signature() {
    let key = key();
    let server = server(&key);
    let other = SigningKey::generate("client", KeyAlgorithm::Ed25519).unwrap();
    let mut request = unsigned_request("GET", "/strict", "");
    server.signer(&other).with_label("client").sign(&mut request, b"").unwrap();
    let proxy = server.signer(&key).with_label("proxy");
    let components = ["@method", "@target-uri", "signature;key=\"client\"", "signature-input;key=\"client\""];
    proxy.with_components(components).sign(&mut request, b"").unwrap();
    server.accepts(on_the_wire(request.clone()), "over the client's").await;
    let mut request = on_the_wire(request);
    let text: Vec<_> = request.headers().get_all("signature").iter().cloned().collect();
    request.headers_mut().insert("signature", "client=:AAAA:".parse().unwrap());
    request.headers_mut().append("signature", text[1].clone());
    server.refuses(request, "the client's was exchanged").await;
}

#[tokio::test]
async fn chain_with_other_schemes_works() {
    let key = key();
    let server = server(&key);
    for (path, by_signature, by_key) in [("/chain", "ada", "by key"), ("/second", "ada true", "by key false")] {
        let request = signed(&server.signer(&key), "GET", path, "");
        assert_eq!(server.send(request).await.body(), by_signature.as_bytes());
        let mut request = on_the_wire(unsigned_request("GET", path, ""));
        request.headers_mut().insert("x-key", "good".parse().unwrap());
        assert_eq!(server.send(request).await.body(), by_key.as_bytes());
        let response = server.send(on_the_wire(unsigned_request("GET", path, ""))).await;
        let challenge = if path == "/chain" { "Signature realm=\"api\"" } else { "Key" };
        assert_eq!(response.headers()["www-authenticate"], challenge);
        assert!(response.headers().contains_key("accept-signature"), "whichever scheme stands first");
    }
    // A later valid credential does not make up for an invalid signature.
    let mut request = signed(&server.signer(&key), "GET", "/chain", "");
    request.headers_mut().insert("x-key", "good".parse().unwrap());
    request.headers_mut().insert("signature", "sig1=:AAAA:".parse().unwrap());
    server.refuses(request, "wrong is not absent").await;
}
