//! Receiving requests: paths, proxies, versions of HTTP, and missing parts.

use auth_runtime::store::{Backend, KeyRecord, KeyStore, ReplayStore, StoreError, StoreResult};
use auth_runtime::{AuthState, Digest};

use super::*;

#[tokio::test]
async fn signed_request_is_authenticated_as_its_account() {
    for algorithm in [
        KeyAlgorithm::EcdsaP256Sha256,
        KeyAlgorithm::EcdsaP384Sha384,
        KeyAlgorithm::Ed25519,
        KeyAlgorithm::HmacSha256,
        KeyAlgorithm::RsaPssSha512,
        KeyAlgorithm::RsaV15Sha256,
    ] {
        let key = SigningKey::generate("k1", algorithm).unwrap();
        let server = server(&key);
        let signer = server.signer(&key);
        let ok = |length: usize| (200, format!("ada k1 {length}"));
        assert_eq!(server.answer(signed(&signer, "GET", "/strict?a=1", "")).await, ok(0), "{algorithm}");
        assert_eq!(server.answer(signed(&signer, "POST", "/strict", "{}")).await, ok(2), "{algorithm}");
    }
    for algorithm in
        [KeyAlgorithm::HmacSha512, KeyAlgorithm::HmacSha1, KeyAlgorithm::RsaPssSha256, KeyAlgorithm::RsaV15Sha512]
    {
        let key = SigningKey::generate("k1", algorithm).unwrap();
        let server = server(&key);
        let mut request = unsigned_request("GET", "/strict", "");
        assert_eq!(server.signer(&key).sign(&mut request, b""), Err(SignatureError::AlgorithmNotAccepted));
        let input = format!("sig1=(\"@method\" \"@target-uri\");created={NOW};keyid=\"k1\"");
        server.refuses(by_hand(&key, request, &input), "not an algorithm of the RFC").await;
    }
}

#[tokio::test]
async fn path_is_verified_as_sent_even_if_a_prefix_is_stripped() {
    let key = key();
    let server = server(&key);
    let signer = server.signer(&key).with_components(["@method", "@authority", "@path", "@query", "@request-target"]);
    server.accepts(signed(&signer, "GET", "/api/strict?x=%2F", ""), "nested").await;

    let behind = PublicOrigin::configured("https://api.example").unwrap().with_path_prefix("/v1");
    let server = server_with(&key, behind, SignatureLayer::new());
    let signer = server.signer(&key);
    let mut request = signed(&signer, "GET", "/v1/strict", "");
    request.headers_mut().insert("host", "10.0.0.1:8080".parse().unwrap());
    *request.uri_mut() = "/strict".parse().unwrap();
    server.accepts(request, "behind a proxy").await;
    server.refuses(signed(&signer, "GET", "/strict", ""), "past the proxy").await;
}

#[tokio::test]
async fn all_http_versions_have_the_same_origin() {
    let key = key();
    let server = server(&key);
    let signer = server.signer(&key);
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let mut request = unsigned_request("GET", "/strict?a=1", "");
        signer.sign(&mut request, b"").unwrap();
        *request.version_mut() = version;
        server.accepts(request, "the whole URI").await;
    }
    let mut request = signed(&signer, "GET", "/strict", "");
    request.headers_mut().insert("host", "API.example:443".parse().unwrap());
    server.accepts(request, "the same origin").await;
    let mut request = signed(&signer, "GET", "/strict", "");
    request.headers_mut().remove("host");
    server.refuses(request, "no host").await;
    let absolute = by_hand(
        &key,
        on_the_wire(unsigned_request("GET", "/strict", "")),
        &format!("sig1=(\"@method\" \"@target-uri\" \"@request-target\");created={NOW};keyid=\"k1\""),
    );
    let mut changed = absolute.clone();
    *changed.uri_mut() = format!("https://{HOST}/strict").parse().unwrap();
    server.accepts(absolute, "origin form").await;
    server.refuses(changed, "absolute form is another request target").await;
}

#[tokio::test]
async fn unsigned_request_is_anonymous_and_learns_what_to_sign() {
    let server = server(&key());
    let anonymous = server.send(on_the_wire(unsigned_request("GET", "/strict", ""))).await;
    assert_eq!(anonymous.status(), 401);
    assert_eq!(anonymous.headers()["www-authenticate"], "Signature realm=\"api\"");
    assert_eq!(anonymous.headers()["accept-signature"], "sig1=(\"@method\" \"@target-uri\");created");
    let open = server.send(on_the_wire(unsigned_request("GET", "/open", ""))).await;
    assert_eq!((open.status().as_u16(), &**open.body()), (200, &b"nobody"[..]));
    assert!(!open.headers().contains_key("accept-signature"));
    for (path, body, asked) in [
        ("/strict", "x", "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created"),
        ("/unsigned", "x", "sig1=(\"@method\" \"@target-uri\");created"),
        ("/typed", "", "sig1=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-type\");created"),
        ("/tagged", "", "sig1=(\"@method\" \"@target-uri\");created;tag=\"orders\""),
        ("/ed25519", "", "sig1=(\"@method\" \"@target-uri\");created;alg=\"ed25519\""),
    ] {
        let response = server.send(on_the_wire(unsigned_request("POST", path, body))).await;
        assert_eq!(response.headers()["accept-signature"], asked, "{path}");
        let realm = response.headers()["www-authenticate"].to_str().unwrap();
        assert_eq!(realm.contains("\\\"ring\\\""), path == "/ed25519");
    }
}

#[tokio::test]
async fn credentials_list_what_was_signed() {
    let key = SigningKey::generate("k1", KeyAlgorithm::Ed25519).unwrap();
    let server = server(&key);
    let signer = server
        .signer(&key)
        .with_label("mine")
        .with_tag("a \"tag\"")
        .with_nonce(false)
        .with_lifetime(Duration::from_secs(60))
        .with_components(["@method", "@target-uri", "x-a"]);
    let mut request = unsigned_request("GET", "/describe", "");
    request.headers_mut().insert("x-a", "1".parse().unwrap());
    signer.sign(&mut request, b"").unwrap();
    let (_, body) = server.answer(on_the_wire(request)).await;
    let says: Vec<String> = serde_json::from_str(&body).unwrap();
    let covered = "[true, false, true, true, false]";
    assert_eq!(
        says,
        [
            "mine",
            "ed25519",
            "Some(\"a \\\"tag\\\"\")",
            "None",
            "1700000000",
            "Some(1700000060)",
            covered,
            "\"@method\"",
            "\"@target-uri\"",
            "\"x-a\"",
        ]
    );
}

#[tokio::test]
async fn missing_layer_is_a_server_error() {
    let app = AuthContext::new(MemoryKeys::<Account>::new());
    let router = Router::new().route("/strict", any(strict)).with_state(app);
    let response = router.oneshot(unsigned_request("GET", "/strict", "").map(Body::from)).await.unwrap();
    assert_eq!(response.status(), 500);
}

/// A store that fails: for keys, or for replay records.
#[derive(Clone)]
struct Down {
    keys: bool,
    key: SigningKey,
}

impl Backend for Down {
    type User = Account;
}

impl KeyStore for Down {
    async fn find_key(&self, _: &str) -> StoreResult<Option<KeyRecord<Account>>> {
        let user = Account { name: "ada", active: true };
        if self.keys {
            Err(StoreError::new("down"))
        } else {
            Ok(Some(KeyRecord { key: self.key.verifying_key(), user }))
        }
    }
}

impl ReplayStore for Down {
    async fn first_use(&self, _: &str, _: &Digest, _: Duration, _: Duration) -> StoreResult<bool> {
        Err(StoreError::new("down"))
    }
}

#[authenticate(HttpSignature)]
async fn any_state<S: AuthState>(#[user] _me: <S::Backend as Backend>::User) -> &'static str
where
    S::Backend: KeyStore + ReplayStore,
{
    "in"
}

#[tokio::test]
async fn failing_store_is_a_503() {
    let key = key();
    for keys in [true, false] {
        let clock = Clock::manual(Duration::from_secs(NOW));
        let settings = Settings::default().with_clock(clock.clone());
        let app = AuthContext::with_settings(Down { keys, key: key.clone() }, settings);
        let router =
            Router::new().route("/x", get(any_state::<AuthContext<Down>>)).with_state(app).layer(SignatureLayer::new());
        let request = signed(&MessageSigner::new(key.clone()).with_clock(clock), "GET", "/x", "");
        let response = router.oneshot(request.map(Body::from)).await.unwrap();
        assert_eq!(response.status(), 503, "keys: {keys}");
    }
}
