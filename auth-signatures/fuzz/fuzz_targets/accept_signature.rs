//! `Accept-Signature` of a response, as a client answers it: what it signs covers what it always covers.
#![no_main]

use std::sync::LazyLock;

use auth_runtime::store::KeyAlgorithm;
use auth_keys::SigningKey;
use auth_signatures::http_signature::MessageSigner;
use axum::http::{HeaderMap, HeaderValue, Request};
use libfuzzer_sys::fuzz_target;

static SIGNER: LazyLock<MessageSigner> =
    LazyLock::new(|| MessageSigner::new(SigningKey::generate("k1", KeyAlgorithm::HmacSha256).unwrap()));

fuzz_target!(|data: &[u8]| {
    let mut asked = HeaderMap::new();
    for value in data.split(|&byte| byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        asked.append("accept-signature", value);
    }
    let mut request = Request::post("https://api.example/a?b=c&d=e").header("x-a", "1, 2").body(()).unwrap();
    if SIGNER.answer(&asked, &mut request, b"body").is_ok() {
        let input = request.headers()["signature-input"].to_str().unwrap();
        for component in ["\"@method\"", "\"content-digest\""] {
            assert!(input.contains(component), "{input}");
        }
        let parts = ["\"@authority\"", "\"@path\"", "\"@query\""];
        assert!(input.contains("\"@target-uri\"") || parts.iter().all(|part| input.contains(part)), "{input}");
    }
});
