//! `Signature-Input` and `Signature` of a request, and components that are signed and verified again.
//!
//! The lines of an input: the two fields, a query string, and components. A forged signature is never accepted, and what was
//! signed is.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use auth_runtime::store::KeyAlgorithm;
use auth_runtime::{AuthContext, Clock, PublicOrigin, Settings, authenticate};
use auth_signatures::http_signature::MessageSigner;
use auth_keys::{MemoryKeys, Service, SigningKey};
use auth_signatures::{HttpSignature, SignatureLayer};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response};
use axum::routing::any;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

type App = AuthContext<MemoryKeys<Service>>;

#[authenticate(HttpSignature(components = &["@method"]), state = App)]
async fn protected(#[user] me: Service) -> String {
    me.name().to_owned()
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().build().unwrap());

static CLOCK: LazyLock<Clock> = LazyLock::new(|| Clock::manual(Duration::from_secs(1_618_884_473)));

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("k1", KeyAlgorithm::HmacSha256).unwrap());

static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let keys = MemoryKeys::new().with_key(KEY.verifying_key(), Service::new("ada"));
    let settings = Settings::default().with_clock(CLOCK.clone()).with_public_origin(PublicOrigin::host_header(true));
    let app = AuthContext::with_settings(keys, settings);
    let own = SigningKey::generate("server", KeyAlgorithm::HmacSha256).unwrap();
    Router::new().route("/a", any(protected)).with_state(app).layer(SignatureLayer::new().with_response_key(own))
});

fn send(request: Request<Body>) -> Response<Body> {
    RUNTIME.block_on(async { ROUTER.clone().oneshot(request).await.unwrap() })
}

fuzz_target!(|data: &[u8]| {
    let mut lines = data.split(|&byte| byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (input, signature, query) = (line(), line(), String::from_utf8_lossy(line()).into_owned());
    let uri = format!("https://api.example/a?{query}");
    let Ok(fresh) = Request::get(&uri).header("x-a", "1, 2").header("priority", "u=1,  i").body(()) else { return };

    let mut request = fresh.clone().map(|()| Body::empty());
    if let (Ok(input), Ok(signature)) = (HeaderValue::from_bytes(input), HeaderValue::from_bytes(signature)) {
        request.headers_mut().insert("signature-input", input);
        request.headers_mut().insert("signature", signature);
    }
    assert_eq!(send(request).status(), 401);

    let components: Vec<_> = lines.map(String::from_utf8_lossy).collect();
    let signer =
        MessageSigner::new(KEY.clone()).with_clock(CLOCK.clone()).with_components(components.iter().map(|c| &**c));
    let mut request = fresh;
    if signer.sign(&mut request, b"").is_ok() {
        let covers_method = request.headers()["signature-input"].to_str().unwrap().contains("\"@method\"");
        let is_small = components.len() <= 32 && request.headers()["signature-input"].len() <= 8192;
        // Who signs sends the origin form.
        let is_same = !components.iter().any(|component| component.contains("@request-target"));
        let response = send(request.map(|()| Body::empty()));
        assert!(response.status() == 401 || response.headers().contains_key("signature"));
        if covers_method && is_small && is_same {
            assert_eq!(response.status(), 200);
        }
    }
});
