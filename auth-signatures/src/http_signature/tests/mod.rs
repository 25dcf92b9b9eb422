//! Behaviour over HTTP, and the examples of the RFC.

mod canonical;
mod client;
mod content;
mod policy;
mod properties;
mod responses;
mod server;
mod several;
mod vectors;

use std::borrow::Cow;
use std::time::Duration;

use auth_runtime::axum::body::{Body, Bytes, to_bytes};
use auth_runtime::axum::routing::{any, get};
use auth_runtime::axum::{Json, Router};
use auth_runtime::permission::AllowAny;
use auth_runtime::store::KeyAlgorithm;
use auth_runtime::{AuthContext, AuthError, Authenticator, Clock, PublicOrigin, Settings, User, authenticate};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Version};
use tower::ServiceExt;

use super::base::{Message, RequestHead};
use super::component::MAX_COMPONENTS;
use super::{HttpSignature, MessageSigner, ResponseVerifier, SignatureError, StructuredField, VerifiedSignature, read};
use crate::SignatureLayer;
use auth_keys::{MemoryKeys, SigningKey};

type App = AuthContext<MemoryKeys<Account>>;

const NOW: u64 = 1_700_000_000;
const HOST: &str = "api.example";

#[derive(Clone)]
struct Account {
    name: &'static str,
    active: bool,
}

impl User for Account {
    fn id(&self) -> Cow<'_, str> {
        self.name.into()
    }

    fn is_active(&self) -> bool {
        self.active
    }
}

#[authenticate(HttpSignature, state = App)]
async fn strict(#[user] me: Account, #[auth] signature: VerifiedSignature, body: Bytes) -> String {
    format!("{} {} {}", me.name, signature.key_id(), body.len())
}

#[authenticate(HttpSignature(components = &["@method", "@authority", "@path", "@query", "content-type"]), state = App)]
async fn typed(#[user] me: Account) -> &'static str {
    me.name
}

#[authenticate(HttpSignature(unsigned_body = true), state = App)]
async fn unsigned(#[user] me: Account, body: Bytes) -> String {
    format!("{} {}", me.name, body.len())
}

#[authenticate(HttpSignature(require_nonce = true, max_age = 10, max_skew = 5), state = App)]
async fn nonce(#[user] me: Account) -> &'static str {
    me.name
}

#[authenticate(HttpSignature(tag = Some("orders")), state = App)]
async fn tagged(#[user] me: Account) -> &'static str {
    me.name
}

#[authenticate(HttpSignature(algorithms = &[KeyAlgorithm::Ed25519], realm = "the \"ring\""), state = App)]
async fn ed25519(#[user] me: Account) -> &'static str {
    me.name
}

#[authenticate(HttpSignature(body_limit = 4), state = App)]
async fn short(#[user] me: Account, body: Bytes) -> String {
    format!("{} {}", me.name, body.len())
}

#[authenticate(HttpSignature(stream = true), state = App)]
async fn stream(#[user] me: Account, body: Body) -> Result<String, StatusCode> {
    let body = to_bytes(body, usize::MAX).await.map_err(|_| StatusCode::IM_A_TEAPOT)?;
    Ok(format!("{} {}", me.name, body.len()))
}

const STRUCTURED: &[StructuredField] = &[StructuredField::dictionary("example-dict")];

#[authenticate(HttpSignature(structured_fields = STRUCTURED), state = App)]
async fn structured(#[user] me: Account) -> &'static str {
    me.name
}

#[authenticate(HttpSignature, state = App)]
#[permit(AllowAny)]
async fn open(#[user] me: Option<Account>) -> &'static str {
    me.map_or("nobody", |me| me.name)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Key", verify = find_key, user = Account, challenge = "Key")]
struct XKey;

fn find_key(key: &str) -> std::future::Ready<Result<Option<Account>, AuthError>> {
    std::future::ready(Ok((key == "good").then_some(Account { name: "by key", active: true })))
}

#[authenticate(HttpSignature, XKey, state = App)]
async fn chain(#[user] me: Account) -> &'static str {
    me.name
}

#[authenticate(XKey, HttpSignature, state = App)]
async fn second(#[user] me: Account, #[auth] signature: Option<VerifiedSignature>) -> String {
    format!("{} {}", me.name, signature.is_some())
}

#[authenticate(HttpSignature(unsigned_body = true), state = App)]
async fn describe(#[auth] signature: VerifiedSignature) -> Json<Vec<String>> {
    let says = [
        signature.label().to_owned(),
        signature.algorithm().to_string(),
        format!("{:?}", signature.tag()),
        format!("{:?}", signature.nonce()),
        signature.created().as_secs().to_string(),
        format!("{:?}", signature.expires().map(|end| end.as_secs())),
        format!("{:?}", ["@path", "@method;req", "x-a", "\"x-a\";bs", "@@"].map(|name| signature.covers(name))),
    ];
    Json(says.into_iter().chain(signature.components().map(str::to_owned)).collect())
}

struct Server {
    router: Router,
    clock: Clock,
    keys: MemoryKeys<Account>,
}

/// Starts a server that knows `key`, and signs its responses with `server`.
fn server_with(key: &SigningKey, origin: PublicOrigin, layer: SignatureLayer) -> Server {
    let keys = MemoryKeys::new().with_key(key.verifying_key(), Account { name: "ada", active: true });
    // The server has run for an hour, since requests from before the start are refused.
    let clock = Clock::manual(Duration::from_secs(NOW - 3_600));
    let settings = Settings::default().with_clock(clock.clone()).with_public_origin(origin);
    let app = AuthContext::with_settings(keys.clone(), settings);
    clock.advance(Duration::from_secs(3_600));
    let router = Router::new()
        .nest("/api", Router::new().route("/strict", any(strict)))
        .route("/strict", any(strict))
        .route("/typed", any(typed))
        .route("/unsigned", any(unsigned))
        .route("/nonce", any(nonce))
        .route("/tagged", any(tagged))
        .route("/ed25519", any(ed25519))
        .route("/short", any(short))
        .route("/stream", any(stream))
        .route("/structured", any(structured))
        .route("/open", get(open))
        .route("/chain", any(chain))
        .route("/second", any(second))
        .route("/describe", any(describe))
        .merge(responses::routes(&app))
        .with_state(app)
        .layer(layer);
    Server { router, clock, keys }
}

fn server(key: &SigningKey) -> Server {
    server_with(key, PublicOrigin::host_header(true), SignatureLayer::new())
}

impl Server {
    async fn send(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let (head, body) = self.router.clone().oneshot(request.map(Body::from)).await.unwrap().into_parts();
        Response::from_parts(head, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    /// Returns the status and body of the answer. Checks that a 401 has its challenge, requests a signature, and reveals
    /// nothing else.
    async fn answer(&self, request: Request<Vec<u8>>) -> (u16, String) {
        let response = self.send(request).await;
        let body = String::from_utf8(response.body().clone()).unwrap();
        if response.status() == StatusCode::UNAUTHORIZED {
            assert_eq!(response.headers()["www-authenticate"], "Signature realm=\"api\"");
            assert!(response.headers()["accept-signature"].to_str().unwrap().starts_with("sig1=(\""));
            let known = ["Invalid signature.", "Malformed signature.", "Authentication credentials were not provided."];
            assert!(known.iter().any(|text| body.contains(text)), "{body}");
        }
        (response.status().as_u16(), body)
    }

    async fn refuses(&self, request: Request<Vec<u8>>, why: &str) {
        let (status, body) = self.answer(request).await;
        assert_eq!((status, body.contains("Invalid signature.")), (401, true), "{why}: {body}");
    }

    async fn accepts(&self, request: Request<Vec<u8>>, why: &str) {
        let (status, body) = self.answer(request).await;
        assert_eq!(status, 200, "{why}: {body}");
    }

    fn signer(&self, key: &SigningKey) -> MessageSigner {
        MessageSigner::new(key.clone()).with_clock(self.clock.clone())
    }
}

fn key() -> SigningKey {
    SigningKey::shared("k1", KeyAlgorithm::HmacSha256, &[7; 32]).unwrap()
}

/// Returns a request as a client has it before it signs.
fn unsigned_request(method: &str, path: &str, body: &str) -> Request<Vec<u8>> {
    let uri = format!("https://{HOST}{path}");
    Request::builder().method(method).uri(uri).body(body.as_bytes().to_vec()).unwrap()
}

/// Changes a request to how HTTP/1.1 delivers it to the server: with the origin in `Host`.
fn on_the_wire(mut request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    let uri = request.uri().clone();
    let host = HeaderValue::from_str(uri.authority().unwrap().as_str()).unwrap();
    request.headers_mut().insert("host", host);
    *request.uri_mut() = uri.path_and_query().unwrap().as_str().parse().unwrap();
    request
}

fn signed(signer: &MessageSigner, method: &str, path: &str, body: &str) -> Request<Vec<u8>> {
    let mut request = unsigned_request(method, path, body);
    signer.sign(&mut request, body.as_bytes()).unwrap();
    on_the_wire(request)
}

/// Signs a request with this `Signature-Input`, valid or not, as the server sees it with `host_header(true)`.
fn by_hand(key: &SigningKey, request: Request<Vec<u8>>, signature_input: &str) -> Request<Vec<u8>> {
    let mut request = if request.uri().authority().is_some() { on_the_wire(request) } else { request };
    request.headers_mut().insert("signature-input", signature_input.parse().unwrap());
    let label = signature_input.split('=').next().unwrap();
    request.headers_mut().insert("signature", format!("{label}=:AA==:").parse().unwrap());
    let (mut parts, body) = request.into_parts();
    let inputs = read::read(&parts.headers, MAX_COMPONENTS).unwrap();
    let head = RequestHead::received(&parts, &PublicOrigin::host_header(true)).unwrap();
    let base = Message::request(head, &[]).base(&inputs[0].components, inputs[0].params()).unwrap();
    let mut headers = HeaderMap::new();
    super::response::add(&mut headers, label, "()", &key.sign(base.as_bytes()));
    parts.headers.insert("signature", headers["signature"].clone());
    Request::from_parts(parts, body)
}
