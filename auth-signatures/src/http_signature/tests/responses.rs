//! Responses that the server signs.

use auth_runtime::axum::response::IntoResponse;
use auth_runtime::{Policy, guard};

use super::*;

#[derive(Policy)]
#[policy(chain(HttpSignature(require_nonce = true)), permit(AllowAny))]
struct Signed;

#[authenticate(HttpSignature, state = App)]
#[permit(AllowAny)]
async fn report(#[user] me: Option<Account>) -> impl IntoResponse {
    ([("content-type", "text/plain")], me.map_or("nobody", |me| me.name))
}

#[authenticate(HttpSignature, state = App)]
async fn no_content(#[user] _me: Account) -> StatusCode {
    StatusCode::NO_CONTENT
}

#[authenticate(HttpSignature, state = App)]
async fn streamed(#[user] _me: Account) -> impl IntoResponse {
    struct Endless(u8);
    impl http_body::Body for Endless {
        type Data = Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
            self.0 += 1;
            let frame = (self.0 < 3).then(|| Ok(http_body::Frame::data(Bytes::from_static(b"part"))));
            std::task::Poll::Ready(frame)
        }
    }
    ([("content-digest", "sha-256=:AAAA:")], Body::new(Endless(0)))
}

#[authenticate(HttpSignature, state = App)]
async fn guarded(#[user] me: Account) -> &'static str {
    me.name
}

pub(super) fn routes(app: &App) -> Router<App> {
    let guarded = guard::<Signed, App>(Router::new().route("/guarded", get(guarded)), app);
    Router::new()
        .route("/report", any(report))
        .route("/no-content", any(no_content))
        .route("/streamed", any(streamed))
        .merge(guarded)
}

fn signing_server(key: &SigningKey) -> (Server, ResponseVerifier) {
    let own = SigningKey::generate("server", KeyAlgorithm::Ed25519).unwrap();
    let verifying = own.verifying_key();
    let server = server_with(key, PublicOrigin::host_header(true), SignatureLayer::new().with_response_key(own));
    let verifier = ResponseVerifier::new([verifying]).with_clock(server.clock.clone());
    (server, verifier)
}

/// Sends a signed request. Returns what the client keeps of it, and the response.
async fn exchange(
    server: &Server,
    signer: &MessageSigner,
    path: &str,
    body: &str,
) -> (Request<Vec<u8>>, Response<Vec<u8>>) {
    let mut request = unsigned_request("POST", path, body);
    signer.sign(&mut request, body.as_bytes()).unwrap();
    let response = server.send(on_the_wire(request.clone())).await;
    (request, response)
}

fn verdict(
    verifier: &ResponseVerifier,
    request: &Request<Vec<u8>>,
    response: &Response<Vec<u8>>,
) -> Result<VerifiedSignature, SignatureError> {
    verifier.verify(request, response, response.body())
}

type Change = fn(&mut Request<Vec<u8>>, &mut Response<Vec<u8>>);

#[tokio::test]
async fn response_signature_covers_its_request() {
    let key = key();
    let (server, verifier) = signing_server(&key);
    let signer = server.signer(&key).with_components(["@method", "@target-uri", "x-a"]);
    let mut request = unsigned_request("POST", "/report?a=1", "body");
    request.headers_mut().insert("x-a", "1".parse().unwrap());
    signer.sign(&mut request, b"body").unwrap();
    let response = server.send(on_the_wire(request.clone())).await;
    let signature = verdict(&verifier, &request, &response).unwrap();
    assert_eq!(
        signature.components().collect::<Vec<_>>(),
        [
            "\"@status\"",
            "\"content-digest\"",
            "\"content-type\"",
            "\"@method\";req",
            "\"@path\";req",
            "\"@authority\";req",
            "\"@target-uri\";req",
            "\"x-a\";req",
            "\"content-digest\";req",
        ]
    );
    assert_eq!((signature.key_id(), signature.created().as_secs()), ("server", NOW));
    assert!(signature.nonce().is_some());

    let changes: [(&str, Change); 10] = [
        ("status", |_, response| *response.status_mut() = StatusCode::CREATED),
        ("content", |_, response| response.body_mut()[0] ^= 1),
        ("no content", |_, response| response.body_mut().clear()),
        ("content type", |_, response| drop(response.headers_mut().remove("content-type"))),
        ("digest", |_, response| drop(response.headers_mut().remove("content-digest"))),
        ("signature", |_, response| drop(response.headers_mut().remove("signature-input"))),
        ("method", |request, _| *request.method_mut() = "PUT".parse().unwrap()),
        ("target", |request, _| *request.uri_mut() = "https://api.example/report?a=2".parse().unwrap()),
        ("host", |request, _| *request.uri_mut() = "https://other.example/report?a=1".parse().unwrap()),
        ("field", |request, _| drop(request.headers_mut().insert("x-a", "2".parse().unwrap()))),
    ];
    for (what, change) in changes {
        let (mut request, mut response) = (request.clone(), response.clone());
        change(&mut request, &mut response);
        assert!(verdict(&verifier, &request, &response).is_err(), "{what}");
    }
    server.clock.advance(Duration::from_secs(301));
    assert_eq!(verdict(&verifier, &request, &response).unwrap_err(), SignatureError::TooOld);
}

#[tokio::test]
async fn response_to_another_request_is_refused() {
    let key = key();
    let (server, verifier) = signing_server(&key);
    let signer = server.signer(&key);
    let (first, response) = exchange(&server, &signer, "/report", "").await;
    let (second, _) = exchange(&server, &signer, "/report", "").await;
    assert!(verdict(&verifier, &first, &response).is_ok());
    assert_eq!(verdict(&verifier, &second, &response).unwrap_err(), SignatureError::Nonce);
    assert!(verdict(&verifier.clone().with_nonce(false), &second, &response).is_ok());
    let (plain, response) = exchange(&server, &signer.with_nonce(false), "/report", "").await;
    assert!(verdict(&verifier, &plain, &response).unwrap().nonce().is_none());
}

#[tokio::test]
async fn verifier_enforces_its_requirements() {
    let key = key();
    let (server, verifier) = signing_server(&key);
    let (request, response) = exchange(&server, &server.signer(&key), "/report", "").await;
    let fault = |verifier: ResponseVerifier| verdict(&verifier, &request, &response).unwrap_err();
    assert_eq!(fault(verifier.clone().with_tag("t")), SignatureError::OtherTag);
    let wants = verifier.clone().with_components(["@status", "x-b"]);
    assert_eq!(fault(wants), SignatureError::NotCovered("\"x-b\"".to_owned()));
    assert!(matches!(fault(verifier.clone().with_components(["@foo"])), SignatureError::Malformed(_)));
    let late = Clock::manual(Duration::from_secs(NOW + 20));
    assert_eq!(fault(verifier.clone().with_clock(late).with_max_age(Duration::from_secs(19))), SignatureError::TooOld);
    let early = Clock::manual(Duration::from_secs(NOW - 2));
    let impatient = verifier.clone().with_clock(early).with_max_skew(Duration::from_secs(1));
    assert_eq!(fault(impatient), SignatureError::FromTheFuture);
    let clock = Clock::manual(Duration::from_secs(NOW));
    assert_eq!(
        fault(ResponseVerifier::new([key.verifying_key()]).with_clock(clock.clone())),
        SignatureError::NoSuchKey
    );
    let imposter = SigningKey::generate("server", KeyAlgorithm::Ed25519).unwrap();
    assert_eq!(fault(ResponseVerifier::new([imposter.verifying_key()]).with_clock(clock)), SignatureError::Wrong);
}

#[tokio::test]
async fn empty_responses_and_errors_are_signed() {
    let key = key();
    let (server, verifier) = signing_server(&key);
    let (request, response) = exchange(&server, &server.signer(&key), "/no-content", "").await;
    assert_eq!(response.status(), 204);
    assert!(verdict(&verifier, &request, &response).unwrap().covers("content-digest"));
    let mut request = unsigned_request("HEAD", "/report", "");
    server.signer(&key).sign(&mut request, b"").unwrap();
    let response = server.send(on_the_wire(request.clone())).await;
    assert!(verdict(&verifier, &request, &response).is_ok());
    let (request, response) = exchange(&server, &server.signer(&key), "/short", "too long").await;
    assert_eq!(response.status(), 413);
    assert!(verdict(&verifier, &request, &response).is_ok());
}

#[tokio::test]
async fn streamed_response_is_signed_without_its_content() {
    let key = key();
    let (server, verifier) = signing_server(&key);
    let (request, response) = exchange(&server, &server.signer(&key), "/streamed", "").await;
    assert_eq!(response.body(), b"partpart");
    let fault = verdict(&verifier, &request, &response).unwrap_err();
    assert_eq!(fault, SignatureError::NotCovered("\"content-digest\"".to_owned()));
    let signature = verdict(&verifier.with_unsigned_body(true), &request, &response).unwrap();
    assert!(!signature.covers("content-digest"), "nobody verified what the handler says");
}

#[tokio::test]
async fn only_signed_requests_get_a_signed_response() {
    let key = key();
    let (server, verifier) = signing_server(&key);
    let request = unsigned_request("GET", "/report", "");
    let response = server.send(on_the_wire(request.clone())).await;
    assert_eq!((response.status().as_u16(), response.headers().contains_key("signature")), (200, false));
    assert_eq!(verdict(&verifier, &request, &response).unwrap_err(), SignatureError::NotSigned);
    let without = super::server(&key);
    let response = without.send(signed(&without.signer(&key), "GET", "/report", "")).await;
    assert_eq!((response.status().as_u16(), response.headers().contains_key("signature")), (200, false));
}

#[tokio::test]
async fn only_one_of_two_layers_signs() {
    let key = key();
    let (server, inner) = signing_server(&key);
    let own = SigningKey::generate("outer", KeyAlgorithm::Ed25519).unwrap();
    let outer = ResponseVerifier::new([own.verifying_key()]).with_clock(server.clock.clone());
    let layers = [(SignatureLayer::new(), inner), (SignatureLayer::new().with_response_key(own), outer)];
    for (layer, verifier) in layers {
        let server =
            Server { router: server.router.clone().layer(layer), clock: server.clock.clone(), keys: MemoryKeys::new() };
        let (request, response) = exchange(&server, &server.signer(&key), "/report", "").await;
        assert_eq!(response.headers().get_all("signature").iter().count(), 1);
        assert!(verdict(&verifier, &request, &response).is_ok());
    }
}

#[tokio::test]
async fn guard_and_handler_use_the_nonce_once() {
    let key = key();
    let (server, _) = signing_server(&key);
    let request = signed(&server.signer(&key), "GET", "/guarded", "");
    assert_eq!(server.answer(request.clone()).await, (200, "ada".to_owned()));
    server.refuses(request, "sent again").await;
}
