//! Tests of Hawk over HTTP: a router, a backend in memory, and a clock that the tests set.

mod bewit;
mod credentials;
mod grammar;
mod payload;
mod properties;
mod response;
mod routing;
mod tampering;
mod time;
mod vectors;

use std::borrow::Cow;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use auth_runtime::permission::AllowAny;
use auth_runtime::store::{Backend, Key, KeyAlgorithm, KeyRecord, KeyStore, ReplayStore, StoreError, StoreResult};
use auth_runtime::{
    AuthContext, Authenticator, Clock, Digest, Identity, Policy, PublicOrigin, Settings, User, authenticate, guard,
};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, WWW_AUTHENTICATE};
use http::{HeaderValue, Request, StatusCode, Uri};
use tower::ServiceExt;
use zeroize::Zeroizing;

use super::{BewitCredentials, Client, Hawk, HawkBewit, HawkCredentials, ResponseExt, SignOptions};
use crate::SignatureLayer;

/// The secrets of the published examples.
const K1: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";
const K2: &str = "2983d45yun89q";
const NOW: u64 = 1_353_832_234;
const URL: &str = "https://example.com:8000/resource/1?b=1&a=2";

#[derive(Debug, Clone)]
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

#[derive(Default)]
struct Memory {
    keys: Mutex<HashMap<String, KeyRecord<Account>>>,
    uses: Mutex<HashMap<(String, [u8; 32]), Duration>>,
    asked: AtomicUsize,
    recorded: AtomicUsize,
    keys_are_down: AtomicBool,
    uses_are_down: AtomicBool,
}

impl Memory {
    fn insert(&self, key: Key, name: &'static str, active: bool) {
        let record = KeyRecord { user: Account { name, active }, key };
        self.keys.lock().unwrap().insert(record.key.id().to_owned(), record);
    }
}

impl Backend for Memory {
    type User = Account;
}

impl KeyStore for Memory {
    async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<Account>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.keys_are_down.load(Ordering::SeqCst) {
            return Err(StoreError::new("password of the database: hunter2"));
        }
        Ok(self.keys.lock().unwrap().get(id).cloned())
    }
}

impl ReplayStore for Memory {
    async fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
        self.recorded.fetch_add(1, Ordering::SeqCst);
        if self.uses_are_down.load(Ordering::SeqCst) {
            return Err(StoreError::new("password of the database: hunter2"));
        }
        let mut uses = self.uses.lock().unwrap();
        uses.retain(|_, expires| *expires > now);
        Ok(uses.insert((scope.to_owned(), *key.as_bytes()), expires).is_none())
    }
}

type App = AuthContext<Memory>;

fn told(me: &Account, auth: &HawkCredentials, body: &Bytes) -> Response {
    let HawkCredentials { key_id, ext, app, dlg, signs_body } = auth;
    let text = format!("{}|{key_id}|{ext:?}|{app:?}|{dlg:?}|{signs_body}|", me.name);
    ([(CONTENT_TYPE, "text/plain")], [text.as_bytes(), body].concat()).into_response()
}

#[authenticate(Hawk, state = App)]
async fn plain(#[user] me: Account, #[auth] auth: HawkCredentials, body: Bytes) -> Response {
    told(&me, &auth, &body)
}

#[authenticate(Hawk(sha1 = true), state = App)]
async fn sha1(#[user] me: Account, #[auth] auth: HawkCredentials, body: Bytes) -> Response {
    told(&me, &auth, &body)
}

#[authenticate(Hawk(unsigned_body = true), state = App)]
async fn unsigned(#[user] me: Account, #[auth] auth: HawkCredentials, body: Bytes) -> Response {
    told(&me, &auth, &body)
}

#[authenticate(Hawk(max_skew = 600), state = App)]
async fn patient(#[user] me: Account, #[auth] auth: HawkCredentials, body: Bytes) -> Response {
    told(&me, &auth, &body)
}

#[authenticate(Hawk(body_limit = 8), state = App)]
async fn small(#[user] me: Account, #[auth] auth: HawkCredentials, body: Bytes) -> Response {
    told(&me, &auth, &body)
}

#[authenticate(Hawk(stream = true), state = App)]
async fn stream(#[user] me: Account, body: Body) -> (StatusCode, String) {
    match axum::body::to_bytes(body, usize::MAX).await {
        Ok(body) => (StatusCode::OK, format!("{}|{}", me.name, body.len())),
        Err(_) => (StatusCode::UNPROCESSABLE_ENTITY, "the stream ended with an error".to_owned()),
    }
}

#[authenticate(Hawk, state = App)]
#[permit(AllowAny)]
async fn open(#[user] who: Identity<Account>) -> String {
    who.user().map_or("anonymous", |user| user.name).to_owned()
}

#[authenticate(Hawk, state = App)]
async fn empty(#[user] _me: Account) -> StatusCode {
    StatusCode::NO_CONTENT
}

#[authenticate(Hawk, state = App)]
async fn with_ext(#[user] me: Account) -> (ResponseExt, &'static str) {
    (ResponseExt::new("response-specific").unwrap(), me.name)
}

/// Returns a body of unknown length.
#[authenticate(Hawk, state = App)]
async fn endless(#[user] me: Account) -> Body {
    Pieces::body(vec![me.name, " in", " pieces"])
}

struct Pieces(std::vec::IntoIter<&'static str>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.0.next().map(|piece| Ok(http_body::Frame::data(Bytes::from_static(piece.as_bytes())))))
    }
}

impl Pieces {
    fn body(pieces: Vec<&'static str>) -> Body {
        Body::new(Self(pieces.into_iter()))
    }
}

#[authenticate(HawkBewit, state = App)]
async fn download(#[user] me: Account, #[auth] auth: BewitCredentials) -> String {
    let BewitCredentials { key_id, ext, expires } = auth;
    format!("{}|{key_id}|{ext:?}|{}", me.name, expires.as_secs())
}

#[authenticate(Hawk, HawkBewit, state = App)]
async fn either(#[user] me: Identity<Account>, #[auth] _bewit: Option<BewitCredentials>) -> String {
    format!("{:?}|{:?}", me.user().map(|me| me.name), me.scheme())
}

/// A guard in front of a router whose handlers name the scheme as well.
#[derive(Policy)]
#[policy(chain(Hawk(max_skew = 600)), permit(AllowAny))]
struct Signed;

struct Server {
    app: App,
    clock: Clock,
    router: Router,
}

struct Answer {
    head: http::response::Parts,
    body: Vec<u8>,
}

impl Server {
    /// Starts a server on which `K1` is the key `dh37fgj492je` of ada.
    fn new() -> Self {
        Self::seen_as(PublicOrigin::default())
    }

    fn seen_as(origin: PublicOrigin) -> Self {
        // The server has run for an hour, since requests from before the start are refused.
        let clock = Clock::manual(Duration::from_secs(NOW - 3_600));
        let settings = Settings::default().with_clock(clock.clone()).with_public_origin(origin);
        let app = AuthContext::with_settings(Memory::default(), settings);
        clock.advance(Duration::from_secs(3_600));
        app.backend().insert(key("dh37fgj492je", KeyAlgorithm::HmacSha256, K1), "ada", true);
        let inner = Router::new().route("/resource/{id}", any(plain)).route("/download/{id}", any(download));
        let guarded = guard::<Signed, App>(Router::new().route("/guarded", any(plain)), &app);
        let router = Router::new()
            .merge(inner.clone())
            .merge(guarded)
            .nest("/api/v1", inner)
            .route("/sha1", any(sha1))
            .route("/unsigned", any(unsigned))
            .route("/patient", any(patient))
            .route("/small", any(small))
            .route("/stream", any(stream))
            .route("/open", any(open))
            .route("/empty", any(empty))
            .route("/ext", any(with_ext))
            .route("/endless", any(endless))
            .route("/either", any(either))
            .with_state(app.clone())
            .layer(SignatureLayer::new().sign_responses());
        Self { app, clock, router }
    }

    fn backend(&self) -> &Memory {
        self.app.backend()
    }

    fn client(&self) -> Client {
        client(key("dh37fgj492je", KeyAlgorithm::HmacSha256, K1)).with_clock(self.clock.clone())
    }

    /// Sends a request in the form that it has in HTTP/1.1.
    async fn send(&self, request: Request<Vec<u8>>) -> Answer {
        self.send_body(origin_form(request).map(Body::from)).await
    }

    /// Sends a request unchanged.
    async fn send_body(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { head, body }
    }

    /// Signs and sends.
    async fn get(&self, url: &str) -> Answer {
        let mut request = get(url);
        self.client().sign(&mut request, &SignOptions::new()).unwrap();
        self.send(request).await
    }
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn challenge(&self) -> &str {
        self.head.headers.get(WWW_AUTHENTICATE).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    fn assert_good(&self) -> &str {
        assert_eq!(self.head.status, StatusCode::OK, "{}", self.text());
        self.text()
    }

    /// Asserts that the answer is the one text for all bad credentials.
    #[track_caller]
    fn assert_failed(&self) {
        let expected = r#"{"detail":"Hawk authentication failed.","code":"authentication_failed"}"#;
        assert_eq!((self.head.status, self.text()), (StatusCode::UNAUTHORIZED, expected));
        assert_eq!(self.challenge(), "Hawk");
    }

    #[track_caller]
    fn assert_malformed(&self) {
        let expected = r#"{"detail":"The Hawk credentials are malformed.","code":"malformed_credentials"}"#;
        assert_eq!((self.head.status, self.text()), (StatusCode::UNAUTHORIZED, expected));
        assert_eq!(self.challenge(), r#"Hawk error="Malformed credentials""#);
    }

    #[track_caller]
    fn assert_not_attempted(&self) {
        assert_eq!(self.head.status, StatusCode::UNAUTHORIZED);
        assert!(self.text().contains("not_authenticated"), "{}", self.text());
        assert_eq!(self.challenge(), "Hawk");
    }
}

fn key(id: &str, algorithm: KeyAlgorithm, secret: &str) -> Key {
    Key::new(id, algorithm, Zeroizing::new(secret.as_bytes().to_vec()), None, None)
}

/// Returns a client with any key, since some keys of the examples are too short.
fn client(key: Key) -> Client {
    Client::with_key(key)
}

fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url).body(Vec::new()).unwrap()
}

fn post(url: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Request<Vec<u8>> {
    Request::post(url).header(CONTENT_TYPE, content_type).body(body.into()).unwrap()
}

/// Moves the origin from the URI to `Host`.
fn origin_form(mut request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    if let Some(authority) = request.uri().authority().cloned() {
        let host = HeaderValue::from_str(authority.as_str()).unwrap();
        request.headers_mut().entry(HOST).or_insert(host);
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).parse::<Uri>().unwrap();
        *request.uri_mut() = path;
    }
    request
}

/// Returns the value of `Authorization`.
fn header(request: &Request<Vec<u8>>) -> String {
    request.headers()[AUTHORIZATION].to_str().unwrap().to_owned()
}

fn set_header(request: &mut Request<Vec<u8>>, value: &str) {
    request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).unwrap());
}

/// Replaces a part of `Authorization`, which must contain it.
#[track_caller]
fn edit(request: &mut Request<Vec<u8>>, from: &str, to: &str) {
    let before = header(request);
    assert!(before.contains(from), "{before} has no {from}");
    set_header(request, &before.replacen(from, to, 1));
}
