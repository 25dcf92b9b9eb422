//! Rules for every scheme: one server, with requests signed for each of its schemes.

mod content_type;
mod hosts;
mod replays;

use std::time::Duration;

use auth_runtime::store::KeyAlgorithm;
use auth_runtime::{AuthContext, Clock, PublicOrigin, Settings, authenticate};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::any;
use http::header::HOST;
use http::{HeaderValue, Request, Uri};
use tower::ServiceExt;

use crate::cavage::CavageSigner;
use crate::hawk::{Client, SignOptions};
use crate::http_signature::MessageSigner;
use crate::{CavageSignature, Hawk, HawkBewit, HttpSignature, SignatureLayer};
use auth_keys::{MemoryKeys, Service, SigningKey};

type App = AuthContext<MemoryKeys<Service>>;

const NOW: Duration = Duration::from_secs(1_700_000_000);
const ORIGIN: &str = "https://api.example";
/// The schemes whose messages are accepted once.
const SCHEMES: [&str; 3] = ["message", "hawk", "cavage"];

#[authenticate(HttpSignature, state = App)]
async fn message(#[user] me: Service, body: Bytes) -> String {
    format!("{} {}", me.name(), body.len())
}

#[authenticate(Hawk, state = App)]
async fn hawk(#[user] me: Service, body: Bytes) -> String {
    format!("{} {}", me.name(), body.len())
}

#[authenticate(CavageSignature, state = App)]
async fn cavage(#[user] me: Service, body: Bytes) -> String {
    format!("{} {}", me.name(), body.len())
}

#[authenticate(HttpSignature(unsigned_content_type = true), state = App)]
async fn untyped_message(#[user] me: Service, body: Bytes) -> String {
    format!("{} {}", me.name(), body.len())
}

#[authenticate(CavageSignature(unsigned_content_type = true), state = App)]
async fn untyped_cavage(#[user] me: Service, body: Bytes) -> String {
    format!("{} {}", me.name(), body.len())
}

#[authenticate(HawkBewit, state = App)]
async fn link(#[user] me: Service) -> String {
    me.name().to_owned()
}

#[authenticate(HawkBewit(max_lifetime = 3600), state = App)]
async fn short_link(#[user] me: Service) -> String {
    me.name().to_owned()
}

fn key() -> SigningKey {
    SigningKey::shared("k1", KeyAlgorithm::HmacSha256, &[7; 32]).unwrap()
}

fn keys() -> MemoryKeys<Service> {
    MemoryKeys::new().with_key(key().verifying_key(), Service::new("ada"))
}

/// Starts a process now.
fn start(keys: MemoryKeys<Service>, clock: &Clock) -> Router {
    start_as(keys, clock, PublicOrigin::host_header(true))
}

fn start_as(keys: MemoryKeys<Service>, clock: &Clock, origin: PublicOrigin) -> Router {
    let settings = Settings::default().with_clock(clock.clone()).with_public_origin(origin);
    Router::new()
        .route("/message", any(message))
        .route("/hawk", any(hawk))
        .route("/cavage", any(cavage))
        .route("/untyped-message", any(untyped_message))
        .route("/untyped-cavage", any(untyped_cavage))
        .route("/link", any(link))
        .route("/short-link", any(short_link))
        .with_state(AuthContext::with_settings(keys, settings))
        .layer(SignatureLayer::new())
}

/// Returns a request as a client has it before it signs.
fn request(path: &str, headers: &[(&'static str, &str)], body: &'static str) -> Request<Bytes> {
    let method = if body.is_empty() { "GET" } else { "POST" };
    let mut request = Request::builder().method(method).uri(format!("{ORIGIN}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::from_static(body.as_bytes())).unwrap()
}

/// Signs a request with the scheme at the end of its path.
fn sign(mut request: Request<Bytes>, clock: &Clock) -> Request<Bytes> {
    let body = request.body().clone();
    match request.uri().path().rsplit(['/', '-']).next().unwrap() {
        "message" => MessageSigner::new(key()).with_clock(clock.clone()).sign(&mut request, &body).unwrap(),
        "hawk" => {
            let client = Client::new(key()).unwrap().with_clock(clock.clone());
            client.sign(&mut request, &SignOptions::new()).unwrap();
        }
        "cavage" => {
            let (mut head, body) = request.into_parts();
            CavageSigner::new(key(), clock.clone()).sign(&mut head, &body).unwrap();
            request = Request::from_parts(head, body);
        }
        other => panic!("no scheme is called {other}"),
    }
    on_the_wire(request)
}

/// Changes a request to how HTTP/1.1 delivers it to the server: with the origin in `Host`.
fn on_the_wire(mut request: Request<Bytes>) -> Request<Bytes> {
    let uri = request.uri().clone();
    if let Some(authority) = uri.authority() {
        request.headers_mut().insert(HOST, HeaderValue::from_str(authority.as_str()).unwrap());
        *request.uri_mut() = uri.path_and_query().unwrap().as_str().parse::<Uri>().unwrap();
    }
    request
}

async fn status(router: &Router, request: &Request<Bytes>) -> u16 {
    router.clone().oneshot(request.clone().map(Body::from)).await.unwrap().status().as_u16()
}
