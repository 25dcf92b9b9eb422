//! Required parts of a signature, and the effect of changing parts of it.

use super::*;

const COVERED: &str = "(\"@method\" \"@target-uri\")";

fn get_strict() -> Request<Vec<u8>> {
    on_the_wire(unsigned_request("GET", "/strict?a=1", ""))
}

#[tokio::test]
async fn parameters_are_signed_in_the_received_order() {
    let key = key();
    let server = server(&key);
    for params in [
        format!("keyid=\"k1\";nonce=\"n1\";created={NOW}"),
        format!("tag=\"t\";created={NOW};unknown=?0;keyid=\"k1\";nonce=\"n2\""),
        format!("created={NOW};keyid=\"k1\";alg=\"hmac-sha256\";expires={}", NOW + 1),
    ] {
        server.accepts(by_hand(&key, get_strict(), &format!("sig1={COVERED};{params}")), &params).await;
    }
    let spaces = format!("sig1=( \"@target-uri\"  \"@method\" ); created={NOW}; keyid=\"k1\"");
    server.accepts(by_hand(&key, get_strict(), &spaces), "spaces are not signed").await;
}

#[tokio::test]
async fn algorithm_must_match_the_key() {
    let key = key();
    let server = server(&key);
    for alg in ["ed25519", "hmac-sha512", "rsa-pss-sha512", ""] {
        let input = format!("sig1={COVERED};created={NOW};keyid=\"k1\";alg=\"{alg}\"");
        server.refuses(by_hand(&key, get_strict(), &input), alg).await;
    }
    // A public key that is used as a shared secret.
    let pair = SigningKey::generate("k1", KeyAlgorithm::RsaV15Sha256).unwrap();
    let server = super::server(&pair);
    let forged = SigningKey::shared("k1", KeyAlgorithm::HmacSha256, pair.verifying_key().material()).unwrap();
    for alg in ["", ";alg=\"hmac-sha256\"", ";alg=\"rsa-v1_5-sha256\""] {
        let input = format!("sig1={COVERED};created={NOW};keyid=\"k1\"{alg}");
        server.refuses(by_hand(&forged, get_strict(), &input), alg).await;
        let good = if alg.contains("hmac") { 401 } else { 200 };
        assert_eq!(server.answer(by_hand(&pair, get_strict(), &input)).await.0, good);
    }
}

#[tokio::test]
async fn algorithm_that_is_not_accepted_is_refused() {
    let (hmac, ed25519) = (key(), SigningKey::generate("k1", KeyAlgorithm::Ed25519).unwrap());
    for (key, status) in [(hmac, 401), (ed25519, 200)] {
        let server = server(&key);
        let response = server.send(signed(&server.signer(&key), "GET", "/ed25519", "")).await;
        assert_eq!(response.status(), status);
    }
}

#[tokio::test]
async fn required_components_must_be_covered() {
    let key = key();
    let server = server(&key);
    let params = format!("created={NOW};keyid=\"k1\"");
    for (path, covered, accepted) in [
        ("/strict", "\"@method\" \"@target-uri\"", true),
        ("/strict", "\"@query\" \"@path\" \"@authority\" \"@method\"", true),
        ("/strict", "\"@target-uri\" \"@method\" \"x-a\" \"host\"", true),
        ("/strict", "\"@method\" \"@path\" \"@query\"", false),
        ("/strict", "\"@method\" \"@authority\" \"@path\"", false),
        ("/strict", "\"@method\" \"@request-target\" \"host\"", false),
        ("/strict", "\"@target-uri\"", false),
        ("/strict", "", false),
        ("/typed", "\"@method\" \"@target-uri\" \"content-type\"", true),
        ("/typed", "\"@method\" \"@target-uri\" \"content-type\";bs", true),
        ("/typed", "\"@method\" \"@authority\" \"@path\" \"@query\" \"content-type\"", true),
        ("/typed", "\"@method\" \"@target-uri\"", false),
        ("/typed", "\"@method\" \"@authority\" \"@path\" \"content-type\"", false),
    ] {
        let mut request = on_the_wire(unsigned_request("GET", path, ""));
        request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
        request.headers_mut().insert("x-a", "1".parse().unwrap());
        let input = format!("sig1=({covered});{params}");
        let (status, body) = server.answer(by_hand(&key, request, &input)).await;
        assert_eq!(status, if accepted { 200 } else { 401 }, "{path} {covered}: {body}");
    }
}

#[tokio::test]
async fn signature_expires() {
    let key = key();
    let server = server(&key);
    for (path, created, expires, accepted) in [
        ("/strict", NOW - 300, None, true),
        ("/strict", NOW - 301, None, false),
        ("/strict", NOW + 30, None, true),
        ("/strict", NOW + 31, None, false),
        ("/strict", NOW - 10, Some(NOW), true),
        ("/strict", NOW - 10, Some(NOW - 1), false),
        ("/strict", NOW - 301, Some(NOW + 100), false),
        ("/strict", 0, None, false),
        ("/strict", 999_999_999_999_999, None, false),
        ("/nonce", NOW - 10, None, true),
        ("/nonce", NOW - 11, None, false),
        ("/nonce", NOW + 5, None, true),
        ("/nonce", NOW + 6, None, false),
    ] {
        let expires = expires.map_or(String::new(), |end| format!(";expires={end}"));
        let input =
            format!("sig1={COVERED};created={created}{expires};keyid=\"k1\";nonce=\"{path}{created}{expires}\"");
        let request = on_the_wire(unsigned_request("GET", path, ""));
        let (status, body) = server.answer(by_hand(&key, request, &input)).await;
        assert_eq!(status, if accepted { 200 } else { 401 }, "{input}: {body}");
    }
    let request = signed(&server.signer(&key), "GET", "/strict", "");
    server.clock.advance(Duration::from_secs(301));
    server.refuses(request, "held back for five minutes").await;
}

#[tokio::test]
async fn required_parameters_must_be_present() {
    let key = key();
    let server = server(&key);
    for (path, params) in [
        ("/strict", "keyid=\"k1\"".to_owned()),
        ("/strict", format!("created={NOW}")),
        ("/strict", format!("created={NOW};keyid=\"k2\"")),
        ("/strict", format!("created={NOW};keyid=\"\"")),
        ("/nonce", format!("created={NOW};keyid=\"k1\"")),
        ("/tagged", format!("created={NOW};keyid=\"k1\"")),
        ("/tagged", format!("created={NOW};keyid=\"k1\";tag=\"order\"")),
    ] {
        let request = on_the_wire(unsigned_request("GET", path, ""));
        server.refuses(by_hand(&key, request, &format!("sig1={COVERED};{params}")), &params).await;
    }
    server.accepts(signed(&server.signer(&key).with_tag("orders"), "GET", "/tagged", ""), "the tag").await;
}

#[tokio::test]
async fn nonce_is_accepted_once_per_key() {
    let key = key();
    let server = server(&key);
    let other = SigningKey::generate("k2", KeyAlgorithm::Ed25519).unwrap();
    server.keys.add(other.verifying_key(), Account { name: "bob", active: true });
    let input = |id: &str| format!("sig1={COVERED};created={NOW};keyid=\"{id}\";nonce=\"n\"");
    let request = by_hand(&key, get_strict(), &input("k1"));
    server.accepts(request.clone(), "the first time").await;
    server.refuses(request.clone(), "the second time").await;
    server.accepts(by_hand(&other, get_strict(), &input("k2")), "of another key").await;
    // An invalid signature does not use up the nonce.
    let mut forged = by_hand(&key, get_strict(), &input("k1").replace("\"n\"", "\"m\""));
    let good = forged.clone();
    forged.headers_mut().insert("signature", "sig1=:AAAA:".parse().unwrap());
    server.refuses(forged, "forged").await;
    server.accepts(good, "the forgery used nothing up").await;
    // The nonce is kept as long as the message could be accepted.
    server.clock.advance(Duration::from_secs(300));
    server.refuses(request, "at the end of its time").await;
    let plain = by_hand(&key, get_strict(), &format!("sig1={COVERED};created={NOW};keyid=\"k1\""));
    server.accepts(plain.clone(), "without a nonce").await;
    server.refuses(plain, "without a nonce, again").await;
}

#[tokio::test]
async fn expired_keys_and_inactive_accounts_are_refused() {
    let key = key();
    let server = server(&key);
    let verifying = key.verifying_key();
    let account = |active| Account { name: "ada", active };
    let material = || zeroize::Zeroizing::new(verifying.material().to_vec());
    let limited = |from: Option<u64>, until: Option<u64>| {
        let (from, until) = (from.map(Duration::from_secs), until.map(Duration::from_secs));
        auth_runtime::store::Key::new("k1", KeyAlgorithm::HmacSha256, material(), from, until)
    };
    for (key_now, active, accepted) in [
        (limited(Some(NOW), Some(NOW + 1)), true, true),
        (limited(Some(NOW + 1), None), true, false),
        (limited(None, Some(NOW)), true, false),
        (limited(None, None), false, false),
    ] {
        server.keys.replace(key_now, account(active));
        let (status, _) = server.answer(signed(&server.signer(&key), "GET", "/strict", "")).await;
        assert_eq!(status, if accepted { 200 } else { 401 });
    }
}

type Change = fn(&mut Request<Vec<u8>>);

#[tokio::test]
async fn modified_request_is_refused() {
    let key = key();
    let server = server(&key);
    let signer = server.signer(&key).with_components([
        "@method",
        "@target-uri",
        "@authority",
        "@scheme",
        "@path",
        "@query",
        "@query-param;name=\"a\"",
        "x-a",
        "content-type",
    ]);
    let fresh = || {
        let mut request = unsigned_request("POST", "/strict?a=1&b=2", "body");
        request.headers_mut().insert("x-a", "1, 2".parse().unwrap());
        request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
        signer.sign(&mut request, b"body").unwrap();
        on_the_wire(request)
    };
    server.accepts(fresh(), "unchanged").await;
    let mut split = fresh();
    split.headers_mut().insert("x-a", "1".parse().unwrap());
    split.headers_mut().append("x-a", "  2 ".parse().unwrap());
    server.accepts(split, "two lines are one value").await;

    let changes: [(&str, Change); 20] = [
        ("method", |request| *request.method_mut() = "PUT".parse().unwrap()),
        ("case of the method", |request| *request.method_mut() = "post".parse().unwrap()),
        ("path", |request| *request.uri_mut() = "/unsigned?a=1&b=2".parse().unwrap()),
        ("prefix", |request| *request.uri_mut() = "/api/strict?a=1&b=2".parse().unwrap()),
        ("query", |request| *request.uri_mut() = "/strict?a=1&b=3".parse().unwrap()),
        ("order of the query", |request| *request.uri_mut() = "/strict?b=2&a=1".parse().unwrap()),
        ("no query", |request| *request.uri_mut() = "/strict".parse().unwrap()),
        ("host", |request| drop(request.headers_mut().insert("host", "evil.example".parse().unwrap()))),
        ("port", |request| drop(request.headers_mut().insert("host", "api.example:80".parse().unwrap()))),
        ("field", |request| drop(request.headers_mut().insert("x-a", "1,2".parse().unwrap()))),
        ("field gone", |request| drop(request.headers_mut().remove("x-a"))),
        ("field twice", |request| assert!(request.headers_mut().append("x-a", "3".parse().unwrap()))),
        ("content type", |request| drop(request.headers_mut().insert("content-type", "text/html".parse().unwrap()))),
        ("content", |request| *request.body_mut() = b"bode".to_vec()),
        ("no content", |request| request.body_mut().clear()),
        ("digest", |request| {
            *request.body_mut() = b"bode".to_vec();
            let digest = crate::digest::ContentDigest::sha256(b"bode").to_header_value();
            request.headers_mut().insert("content-digest", digest);
        }),
        ("created", |request| edit(request, &format!("created={NOW}"), &format!("created={}", NOW - 1))),
        ("key", |request| edit(request, "keyid=\"k1\"", "keyid=\"k2\"")),
        ("nonce", |request| edit(request, "nonce=\"", "nonce=\"x")),
        ("components", |request| edit(request, "\"@method\" \"@target-uri\"", "\"@target-uri\" \"@method\"")),
    ];
    for (what, change) in changes {
        let mut request = fresh();
        change(&mut request);
        server.refuses(request, what).await;
    }
    let mut request = fresh();
    edit(&mut request, ";keyid", ";expires=9999999999;keyid");
    server.refuses(request, "a parameter more").await;
    for (name, value) in [("signature", "sig1=:AAAA:"), ("signature", "sig1=::")] {
        let mut request = fresh();
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(server.answer(request).await.0, 401, "{value}");
    }
}

fn edit(request: &mut Request<Vec<u8>>, from: &str, to: &str) {
    let text = request.headers()["signature-input"].to_str().unwrap();
    assert!(text.contains(from), "{text}");
    let text = text.replacen(from, to, 1);
    request.headers_mut().insert("signature-input", text.parse().unwrap());
}

#[tokio::test]
async fn malformed_signature_is_refused_and_not_skipped() {
    let server = server(&key());
    let many = format!("sig1=({})", (0..33).map(|n| format!("\"x{n}\"")).collect::<Vec<_>>().join(" "));
    let long = format!("sig1=();nonce=\"{}\"", "n".repeat(8192));
    let labels = (0..9).map(|n| format!("s{n}=()")).collect::<Vec<_>>().join(", ");
    for (input, signature) in [
        ("", ""),
        ("sig1", "sig1=:AA==:"),
        ("sig1=()", "sig2=:AA==:"),
        ("sig1=(\"@foo\")", "sig1=:AA==:"),
        ("sig1=(\"@path\" \"@path\")", "sig1=:AA==:"),
        ("sig1=(\"x-a\";bs;sf)", "sig1=:AA==:"),
        ("sig1=(\"@signature-params\")", "sig1=:AA==:"),
        (&many, "sig1=:AA==:"),
        (&long, "sig1=:AA==:"),
        (&labels, "s0=:AA==:"),
        ("sig1=()", "sig1=AA"),
        ("sig1=();created=a", "sig1=:AA==:"),
    ] {
        for path in ["/strict", "/open", "/chain"] {
            let mut request = on_the_wire(unsigned_request("GET", path, ""));
            request.headers_mut().insert("signature-input", input.parse().unwrap());
            request.headers_mut().insert("signature", signature.parse().unwrap());
            let (status, body) = server.answer(request).await;
            assert_eq!((status, body.contains("Malformed signature.")), (401, true), "{path} {input}");
        }
    }
    for covered in [
        "\"@method\" \"@target-uri\" \"@path\";req",
        "\"@method\" \"@target-uri\" \"@status\"",
        "\"@method\" \"@target-uri\" \"x\";tr",
    ] {
        let mut request = get_strict();
        let input = format!("sig1=({covered});created={NOW};keyid=\"k1\"");
        request.headers_mut().insert("signature-input", input.parse().unwrap());
        request.headers_mut().insert("signature", "sig1=:AA==:".parse().unwrap());
        request.headers_mut().insert("x", "1".parse().unwrap());
        server.refuses(request, covered).await;
    }
    let mut request = get_strict();
    request.headers_mut().insert("signature", "keyId=\"k1\"".parse().unwrap());
    let (status, body) = server.answer(request).await;
    assert_eq!((status, body.contains("were not provided")), (401, true), "`Signature` alone is another scheme's");
}

#[tokio::test]
async fn strict_form_needs_a_known_structured_field() {
    let key = key();
    let server = server(&key);
    let fresh = |path: &str, component: &str| {
        let mut request = unsigned_request("GET", path, "");
        request.headers_mut().insert("example-dict", "a=1,   b=2".parse().unwrap());
        request.headers_mut().insert("priority", "u=1,   i".parse().unwrap());
        let signer = server.signer(&key).with_components(["@method", "@target-uri", component]);
        signer.with_structured_fields([StructuredField::dictionary("example-dict")]).sign(&mut request, b"").unwrap();
        let mut request = on_the_wire(request);
        request.headers_mut().insert("example-dict", "a=1, b=2".parse().unwrap());
        request.headers_mut().insert("priority", "u=1,i".parse().unwrap());
        request
    };
    for path in ["/strict", "/structured"] {
        server.accepts(fresh(path, "priority;sf"), "registered").await;
        server.accepts(fresh(path, "example-dict;key=\"b\""), "a member").await;
        server.refuses(fresh(path, "priority"), "as it stands").await;
    }
    server.accepts(fresh("/structured", "example-dict;sf"), "known").await;
    server.refuses(fresh("/strict", "example-dict;sf"), "not known").await;
}
