//! Behaviour over HTTP, and the vectors of the draft.

use std::time::Duration;

use auth_runtime::axum::body::{Body, Bytes, to_bytes};
use auth_runtime::axum::extract::Request;
use auth_runtime::axum::routing::{any, get};
use auth_runtime::axum::{Router, response::Response};
use auth_runtime::permission::AllowAny;
use auth_runtime::store::KeyAlgorithm;
use auth_runtime::{AuthContext, Authenticator, Clock, PublicOrigin, Settings, authenticate};
use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use base64ct::{Base64, Encoding};
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tower::ServiceExt;

use super::header::Parameters;
use super::signing_string::Message;
use super::{CavageCredentials, CavageSignature, CavageSigner};
use crate::SignatureLayer;
use auth_keys::signature::{self, ClaimedSignature};
use auth_keys::{MemoryKeys, Service, SigningKey};

type App = AuthContext<MemoryKeys<Service>>;

const NOW: Duration = Duration::from_secs(1_700_000_000);
const CHALLENGE: &str = "Signature realm=\"api\", headers=\"(request-target) host date\"";

#[authenticate(CavageSignature, state = App)]
async fn strict(#[user] me: Service, #[auth] signed: CavageCredentials, body: Bytes) -> String {
    format!("{} {} {}", me.name(), signed.key_id, body.len())
}

#[authenticate(CavageSignature(headers = &["(request-target)", "content-type"]), state = App)]
async fn typed(#[user] me: Service) -> String {
    me.name().to_owned()
}

#[authenticate(CavageSignature(signature_header = true), state = App)]
async fn in_header(#[user] me: Service) -> String {
    me.name().to_owned()
}

#[authenticate(CavageSignature(unsigned_body = true), state = App)]
async fn unsigned_body(#[user] me: Service, body: Bytes) -> String {
    format!("{} {}", me.name(), body.len())
}

#[authenticate(CavageSignature, state = App)]
#[permit(AllowAny)]
async fn open() -> &'static str {
    "open"
}

struct Server {
    router: Router,
    clock: Clock,
    keys: MemoryKeys<Service>,
}

/// Starts a server that knows `keys`, each as a key of `billing`.
fn server(keys: &[&SigningKey]) -> Server {
    let store = MemoryKeys::new();
    for key in keys {
        store.replace(key.verifying_key(), Service::new("billing"));
    }
    // The server has run for an hour, since requests from before the start are refused.
    let hour = Duration::from_secs(3_600);
    let clock = Clock::manual(NOW.saturating_sub(hour));
    let settings = Settings::default().with_clock(clock.clone()).with_public_origin(PublicOrigin::host_header(false));
    let app = AuthContext::with_settings(store.clone(), settings);
    clock.advance(hour);
    let api = Router::new().route("/strict", any(strict)).route("/typed", any(typed));
    let router = Router::new()
        .nest("/api", api)
        .route("/header", any(in_header))
        .route("/unsigned", any(unsigned_body))
        .route("/open", get(open))
        .layer(SignatureLayer::new().sign_responses())
        .with_state(app);
    Server { router, clock, keys: store }
}

impl Server {
    async fn send(&self, request: Request) -> (StatusCode, HeaderMap, String) {
        let response: Response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Returns the status and body of the answer. Checks that a 401 has its challenge and nothing else.
    async fn answer(&self, request: Request) -> (u16, String) {
        let (status, headers, body) = self.send(request).await;
        if status == StatusCode::UNAUTHORIZED {
            assert!(headers["www-authenticate"].to_str().unwrap().starts_with("Signature realm=\"api\", headers=\""));
            assert_eq!(body, "{\"detail\":\"Invalid signature.\",\"code\":\"authentication_failed\"}");
        }
        (status.as_u16(), body)
    }
}

fn key(algorithm: KeyAlgorithm) -> SigningKey {
    SigningKey::generate("k1", algorithm).unwrap()
}

fn request(method: &Method, path: &str, body: &'static str) -> Request {
    let uri = format!("http://api.example{path}");
    http::Request::builder().method(method).uri(uri).body(Body::from(body)).unwrap()
}

/// Returns a request that is signed by the crate's own client, as a server sees it: without an authority in its URI.
fn signed(key: &SigningKey, method: &Method, path: &str, body: &'static str) -> Request {
    let (mut head, ()) = request(method, path, "").map(drop).into_parts();
    CavageSigner::new(key.clone(), Clock::manual(NOW)).sign(&mut head, body.as_bytes()).unwrap();
    head.uri = path.parse().unwrap();
    Request::from_parts(head, Body::from(body))
}

/// Signs a request by hand: these parameters over this string.
fn by_hand(key: &SigningKey, mut request: Request, algorithm: &str, names: &str, string: &str) -> Request {
    let signature = Base64::encode_string(&key.sign(string.as_bytes()));
    let id = key.id();
    let value =
        format!("Signature keyId=\"{id}\",algorithm=\"{algorithm}\",headers=\"{names}\",signature=\"{signature}\"");
    request.headers_mut().insert(AUTHORIZATION, value.parse().unwrap());
    request
}

fn with(mut request: Request, name: &'static str, value: &str) -> Request {
    request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
    request
}

fn date(since: i64) -> String {
    let at = std::time::UNIX_EPOCH + Duration::from_secs(NOW.as_secs().saturating_add_signed(since));
    httpdate::fmt_http_date(at)
}

/// Returns a `GET` of `/api/strict` whose `Date` is this many seconds from now.
fn dated(key: &SigningKey, since: i64) -> Request {
    let date = date(since);
    let request = with(with(request(&Method::GET, "/api/strict", ""), "date", &date), "host", "api.example");
    let string = format!("(request-target): get /api/strict\nhost: api.example\ndate: {date}");
    by_hand(key, request, "hs2019", "(request-target) host date", &string)
}

#[tokio::test]
async fn signatures_of_every_algorithm_verify() {
    for algorithm in KeyAlgorithm::ALL {
        let key = key(algorithm);
        let server = server(&[&key]);
        let is_of_another = matches!(algorithm, KeyAlgorithm::HmacSha1 | KeyAlgorithm::RsaPssSha256);
        let expected = if is_of_another { 401 } else { 200 };
        let get = server.answer(signed(&key, &Method::GET, "/api/strict?a=1&a=2", "")).await;
        let post = server.answer(signed(&key, &Method::POST, "/api/strict", "text")).await;
        assert_eq!((get.0, post.0), (expected, expected), "{algorithm}");
        if expected == 200 {
            assert_eq!((get.1.as_str(), post.1.as_str()), ("billing k1 0", "billing k1 4"));
        }
    }
}

#[tokio::test]
async fn unsigned_request_is_anonymous() {
    let key = key(KeyAlgorithm::HmacSha256);
    let server = server(&[&key]);
    for foreign in [None, Some("Bearer x"), Some("Basic x"), Some("Signatures keyId=\"k1\"")] {
        let mut request = request(&Method::GET, "/open", "");
        request.headers_mut().extend(foreign.map(|value| (AUTHORIZATION, HeaderValue::from_static(value))));
        assert_eq!(server.send(request).await.2, "open", "{foreign:?}");
        let (status, headers, _) = server.send(with(self::request(&Method::GET, "/api/strict", ""), "x", "y")).await;
        assert_eq!((status.as_u16(), &headers["www-authenticate"]), (401, &HeaderValue::from_static(CHALLENGE)));
    }
}

#[tokio::test]
async fn malformed_parameters_are_refused() {
    let key = key(KeyAlgorithm::HmacSha256);
    let server = server(&[&key]);
    let long = format!("Signature keyId=\"{}\"", "k".repeat(9000));
    for value in [
        "Signature",
        "Signature ",
        "Signature garbage",
        "Signature keyId=\"k1\"",
        "Signature algorithm=\"hmac-sha256\",signature=\"AAAA\"",
        "Signature keyId=\"k1\",signature=\"AAAA\"",
        "Signature keyId=\"k1\",algorithm=\"hmac-sha256\"",
        "Signature keyId=\"\",algorithm=\"hmac-sha256\",signature=\"AAAA\"",
        "Signature keyId=\"k1\",algorithm=\"hmac-sha256\",signature=\"!\"",
        "Signature keyId=\"k1\",algorithm=\"hmac-sha256\",signature=\"AAA\"",
        "Signature keyId=\"k1\",algorithm=\"hmac-sha256\",signature=\"AAAA",
        "Signature keyId=\"k1\",keyId=\"k1\",algorithm=\"hmac-sha256\",signature=\"AAAA\"",
        "Signature keyId=\"k1\",algorithm=\"hmac-sha256\",headers=\"\",signature=\"AAAA\"",
        "Signature keyId=\"k1\",algorithm=\"hmac-sha256\",headers=\"date date\",signature=\"AAAA\"",
        "Signature keyId=\"k1\",algorithm=\"hmac-sha256\",headers=\"Date\",signature=\"AAAA\"",
        "Signature keyId=\"k1\",algorithm=\"none\",headers=\"date\",signature=\"AAAA\"",
        "Signature keyId=\"nobody\",algorithm=\"hmac-sha256\",headers=\"date\",signature=\"AAAA\"",
        "Signature keyId=\"k1\",algorithm=\"hmac-sha256\",signature=\"AAAA\",",
        "Signature keyId=\"k1\" algorithm=\"hmac-sha256\"",
        &long,
    ] {
        let request = with(with(request(&Method::GET, "/api/strict", ""), "authorization", value), "date", &date(0));
        assert_eq!(server.answer(request).await.0, 401, "{value:.80}");
    }
    let mut request = with(request(&Method::GET, "/api/strict", ""), "date", &date(0));
    request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_bytes(b"Signature keyId=\"k\xe9\"").unwrap());
    assert_eq!(server.answer(request).await.0, 401);
    let mut twice = signed(&key, &Method::GET, "/api/strict", "");
    let value = twice.headers()[AUTHORIZATION].clone();
    twice.headers_mut().append(AUTHORIZATION, value);
    assert_eq!(server.answer(twice).await.0, 401);
}

#[tokio::test]
async fn modified_request_is_refused() {
    let key = key(KeyAlgorithm::Ed25519);
    let server = server(&[&key]);
    let post = || signed(&key, &Method::POST, "/api/strict?a=1", "text");
    let with_uri = |uri: &str| {
        let mut request = post();
        *request.uri_mut() = uri.parse().unwrap();
        request
    };
    let mut put = post();
    *put.method_mut() = Method::PUT;
    let mut no_digest = post();
    no_digest.headers_mut().remove("digest");
    for (what, request) in [
        ("method", put),
        ("query", with_uri("/api/strict?a=2")),
        ("no query", with_uri("/api/strict")),
        ("path", with_uri("/api/typed?a=1")),
        ("host", with(post(), "host", "other.example")),
        ("date", with(post(), "date", &date(1))),
        ("content-length", with(post(), "content-length", "5")),
        ("digest", with(post(), "digest", "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")),
        ("no digest", no_digest),
    ] {
        assert_eq!(server.answer(request).await.0, 401, "{what}");
    }
    assert_eq!(server.answer(post()).await.0, 200, "what was refused used nothing up");
    let mut other_body = signed(&key, &Method::POST, "/api/strict?a=2", "text");
    *other_body.body_mut() = Body::from("texT");
    assert_eq!(server.answer(other_body).await.0, 401, "the body");
}

#[tokio::test]
async fn request_is_accepted_once_within_five_minutes() {
    let key = key(KeyAlgorithm::HmacSha256);
    let server = server(&[&key]);
    for (since, status) in [(-300, 401), (-299, 200), (30, 200), (31, 401), (-300_000_000, 401)] {
        assert_eq!(server.answer(dated(&key, since)).await.0, status, "{since}");
    }
    assert_eq!(server.answer(dated(&key, 0)).await.0, 200);
    assert_eq!(server.answer(dated(&key, 0)).await.0, 401, "again");
    server.clock.advance(Duration::from_secs(299));
    assert_eq!(server.answer(dated(&key, 0)).await.0, 401, "again, as long as it would be good");
    for bad in ["", "yesterday", "1700000000", "Tue, 14 Nov 1923 22:13:20 GMT"] {
        let request = with(with(request(&Method::GET, "/api/strict", ""), "date", bad), "host", "api.example");
        let string = format!("(request-target): get /api/strict\nhost: api.example\ndate: {bad}");
        let request = by_hand(&key, request, "hs2019", "(request-target) host date", &string);
        assert_eq!(server.answer(request).await.0, 401, "{bad}");
    }
}

/// Returns a `GET` with the draft's own time parameters.
fn timed(key: &SigningKey, created: &str, expires: Option<&str>, covered: bool) -> Request {
    let mut names = "(request-target) host (created)".to_owned();
    let mut string = format!("(request-target): get /api/strict\nhost: api.example\n(created): {created}");
    if let Some(expires) = expires.filter(|_| covered) {
        names.push_str(" (expires)");
        string = format!("{string}\n(expires): {expires}");
    }
    let request = with(request(&Method::GET, "/api/strict", ""), "host", "api.example");
    let mut request = by_hand(key, request, "hs2019", &names, &string);
    let mut value = request.headers()[AUTHORIZATION].to_str().unwrap().to_owned();
    value = format!("{value},created={created}");
    if let Some(expires) = expires {
        value = format!("{value}, expires=\"{expires}\"");
    }
    request.headers_mut().insert(AUTHORIZATION, value.parse().unwrap());
    request
}

#[tokio::test]
async fn created_and_expires_replace_the_date() {
    let key = key(KeyAlgorithm::Ed25519);
    let server = server(&[&key]);
    let at = |since: i64| NOW.as_secs().saturating_add_signed(since).to_string();
    for (created, expires, covered, status) in [
        (at(0), None, true, 200),
        (at(-299), None, true, 200),
        (at(-300), None, true, 401),
        (at(31), None, true, 401),
        (at(-1), Some(at(1)), true, 200),
        (at(-2), Some(at(0)), true, 401),
        (at(-3), Some(at(60)), false, 401),
        ("soon".to_owned(), None, true, 401),
        (String::new(), None, true, 401),
        (format!("{}.5", at(-5)), None, true, 200),
    ] {
        let answer = server.answer(timed(&key, &created, expires.as_deref(), covered)).await;
        assert_eq!(answer.0, status, "created {created} expires {expires:?} covered {covered}");
    }
}

#[tokio::test]
async fn required_headers_must_be_covered() {
    let key = key(KeyAlgorithm::HmacSha256);
    let server = server(&[&key]);
    let date = date(0);
    let get = |path| with(with(request(&Method::GET, path, ""), "date", &date), "host", "api.example");
    let line = |path: &str| format!("(request-target): get {path}");
    for (names, string) in [
        ("date".to_owned(), format!("date: {date}")),
        ("host date".to_owned(), format!("host: api.example\ndate: {date}")),
        ("(request-target) date".to_owned(), format!("{}\ndate: {date}", line("/api/strict"))),
        ("(request-target) host".to_owned(), format!("{}\nhost: api.example", line("/api/strict"))),
        (
            "(request-target) host date x-absent".to_owned(),
            format!("{}\nhost: api.example\ndate: {date}\nx-absent: ", line("/api/strict")),
        ),
    ] {
        let request = by_hand(&key, get("/api/strict"), "hmac-sha256", &names, &string);
        assert_eq!(server.answer(request).await.0, 401, "{names}");
    }
    let string = format!("{}\ncontent-type: text/plain\ndate: {date}", line("/api/typed"));
    let typed = with(get("/api/typed"), "content-type", "text/plain");
    let typed = by_hand(&key, typed, "hmac-sha256", "(request-target) content-type date", &string);
    assert_eq!(server.send(typed).await.2, "billing");
    let more = format!("date: {date}\n(request-target): get /api/strict\nx-more: a, b\nhost: api.example");
    let mut request = with(get("/api/strict"), "x-more", "a");
    request.headers_mut().append("x-more", HeaderValue::from_static(" b "));
    let request = by_hand(&key, request, "hmac-sha256", "date (request-target) x-more host", &more);
    assert_eq!(server.answer(request).await.0, 200, "in any order, with more");
    let names = "(request-target) date host";
    let swapped = by_hand(
        &key,
        get("/api/strict"),
        "hmac-sha256",
        names,
        &format!("{}\nhost: api.example\ndate: {date}", line("/api/strict")),
    );
    assert_eq!(server.answer(swapped).await.0, 401, "the order is signed");
}

#[tokio::test]
async fn algorithm_must_match_the_key() {
    let rsa = key(KeyAlgorithm::RsaV15Sha256);
    let server = server(&[&rsa]);
    let date = date(0);
    let string = format!("(request-target): get /api/strict\nhost: api.example\ndate: {date}");
    let get = || with(with(request(&Method::GET, "/api/strict", ""), "date", &date), "host", "api.example");
    for said in ["hmac-sha256", "rsa-sha512", "rsa-sha1", "none", ""] {
        let request = by_hand(&rsa, get(), said, "(request-target) host date", &string);
        assert_eq!(server.answer(request).await.0, 401, "{said}");
    }
    let public = rsa.verifying_key();
    let confused = SigningKey::shared("k1", KeyAlgorithm::HmacSha256, public.material()).unwrap();
    let request = by_hand(&confused, get(), "hmac-sha256", "(request-target) host date", &string);
    assert_eq!(server.answer(request).await.0, 401, "a public key is no secret");
    assert_eq!(server.answer(by_hand(&rsa, get(), "rsa-sha256", "(request-target) host date", &string)).await.0, 200);
}

#[tokio::test]
async fn missing_algorithm_means_that_of_the_key() {
    for (algorithm, expected) in
        [(KeyAlgorithm::HmacSha256, 200), (KeyAlgorithm::RsaV15Sha256, 200), (KeyAlgorithm::HmacSha1, 401)]
    {
        let key = key(algorithm);
        let server = server(&[&key]);
        let mut request = signed(&key, &Method::GET, "/api/strict", "");
        let said = request.headers()[AUTHORIZATION].to_str().unwrap();
        let (before, rest) = said.split_once("algorithm=\"").unwrap();
        let unsaid = format!("{before}{}", rest.split_once("\",").unwrap().1);
        request.headers_mut().insert(AUTHORIZATION, unsaid.parse().unwrap());
        assert_eq!(server.answer(request).await.0, expected, "{algorithm}");
    }
}

#[tokio::test]
async fn host_is_signed_as_the_server_sees_it() {
    let key = key(KeyAlgorithm::HmacSha256);
    let server = server(&[&key]);
    for (at, url) in [
        "http://API.Example/api/strict?0",
        "http://api.example:80/api/strict?1",
        "http://api.example:8080/api/strict?2",
    ]
    .into_iter()
    .enumerate()
    {
        let (mut head, ()) = http::Request::get(url).body(()).unwrap().into_parts();
        CavageSigner::new(key.clone(), Clock::manual(NOW)).sign(&mut head, b"").unwrap();
        head.uri = format!("/api/strict?{at}").parse().unwrap();
        assert_eq!(server.answer(Request::from_parts(head, Body::empty())).await.0, 200, "{url}");
    }
}

#[test]
fn invalid_options_panic_with_the_fix() {
    let default = CavageSignature::DEFAULT;
    for (scheme, text) in [
        (CavageSignature { headers: &["host"], ..default }, "`headers` lacks"),
        (CavageSignature { headers: &["(request-target)", "Host"], ..default }, "`headers` has something"),
        (CavageSignature { headers: &["(request-target)", "host", "host"], ..default }, "`headers` names one twice"),
        (CavageSignature { max_age: 0, ..default }, "`max_age` is not between"),
        (CavageSignature { max_age: 86_401, ..default }, "`max_age` is not between"),
        (CavageSignature { max_skew: 86_401, ..default }, "`max_skew` is more"),
        (CavageSignature { realm: "", ..default }, "`realm` is empty"),
        (CavageSignature { realm: "a\nb", ..default }, "`realm` is empty"),
        (CavageSignature { body_limit: 0, ..default }, "`body_limit` is 0"),
    ] {
        let fault = std::panic::catch_unwind(|| scheme.declare()).expect_err("must not compile");
        let fault = fault.downcast_ref::<&str>().map_or_else(String::new, ToString::to_string);
        assert!(fault.starts_with(text), "{text}: {fault}");
    }
}

#[tokio::test]
async fn keys_can_be_replaced_and_removed() {
    let (first, next) = (key(KeyAlgorithm::Ed25519), SigningKey::generate("k2", KeyAlgorithm::Ed25519).unwrap());
    let server = server(&[&first, &next]);
    assert_eq!(server.answer(signed(&first, &Method::GET, "/api/strict?1", "")).await.1, "billing k1 0");
    assert_eq!(server.answer(signed(&next, &Method::GET, "/api/strict?1", "")).await.1, "billing k2 0");
    server.keys.remove("k1");
    assert_eq!(server.answer(signed(&first, &Method::GET, "/api/strict?2", "")).await.0, 401);
    assert_eq!(server.answer(signed(&next, &Method::GET, "/api/strict?2", "")).await.0, 200);
}

#[tokio::test]
async fn bodies_must_be_covered_unless_configured_otherwise() {
    let key = key(KeyAlgorithm::HmacSha256);
    let server = server(&[&key]);
    let date = date(0);
    let string = format!("(request-target): post /unsigned\nhost: api.example\ndate: {date}");
    let post = || with(with(request(&Method::POST, "/unsigned", "text"), "date", &date), "host", "api.example");
    let unsigned = by_hand(&key, post(), "hmac-sha256", "(request-target) host date", &string);
    assert_eq!(server.send(unsigned).await.2, "billing 4");
    for (digest, status) in [
        ("SHA-256=mC2eO0uuTwWE6cFpVAxfrSMK2vlW12fnrmSIN+qmgXU=", 401),
        ("sha-512=AAAA", 401),
        ("MD5=AAAA", 401),
        ("SHA-256", 401),
        ("SHA-256=!", 401),
        (super::digest::of(b"text").as_str(), 200),
        (&format!("unixsum=1, {}", super::digest::of(b"text")), 200),
        (&format!("{}, sha-512=AAAA", super::digest::of(b"text")), 401),
    ] {
        let string = format!("{string}\ndigest: {digest}");
        let request =
            by_hand(&key, with(post(), "digest", digest), "hmac-sha256", "(request-target) host date digest", &string);
        assert_eq!(server.answer(request).await.0, status, "{digest}");
    }
}

#[tokio::test]
async fn signature_header_is_accepted_if_configured() {
    let key = key(KeyAlgorithm::HmacSha256);
    let server = server(&[&key]);
    let mut request = signed(&key, &Method::GET, "/header", "");
    let value = request.headers_mut().remove(AUTHORIZATION).unwrap();
    let parameters = value.to_str().unwrap().strip_prefix("Signature ").unwrap().to_owned();
    assert_eq!(server.send(with(request, "signature", &parameters)).await.2, "billing");
    let foreign = with(signed(&key, &Method::GET, "/header", ""), "signature", &parameters);
    let foreign = with(foreign, "signature-input", "sig1=()");
    let (status, _, body) = server.send(foreign).await;
    assert_eq!(status, 401, "{body}");
    assert!(body.contains("not_authenticated"), "that of RFC 9421 is not this scheme's: {body}");
}

#[tokio::test]
async fn test_vectors_of_the_draft_verify() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/cavage.json")).unwrap();
    let pem = vectors["rsa_public_pem"].as_str().unwrap();
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = Base64::decode_vec(&der).unwrap();
    let mut seen = 0;
    for vector in vectors["vectors"].as_array().unwrap() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let string = text("signing_string");
        let names: Vec<&str> = text("headers").split(' ').collect();
        let mut headers = HeaderMap::new();
        let (mut method, mut target, mut authority) = (Method::GET, "/", "");
        for line in string.lines() {
            match line.split_once(": ").unwrap() {
                ("(request-target)", value) => {
                    let (verb, path) = value.split_once(' ').unwrap();
                    (method, target) = (verb.to_uppercase().parse().unwrap(), path);
                }
                (name, value) if name == HOST.as_str() => authority = value,
                (name, value) => {
                    headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
                }
            }
        }
        let message = Message { method: &method, target, authority, headers: &headers, created: None, expires: None };
        assert_eq!(message.signing_string(&names).unwrap(), string);
        let signature = Base64::decode_vec(text("signature")).unwrap();
        if let Some(secret) = vector["secret"].as_str() {
            let mac = signature::mac(KeyAlgorithm::HmacSha256, secret.as_bytes(), string.as_bytes());
            assert_eq!(mac.as_ref(), signature);
        } else {
            let legacy = &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY;
            UnparsedPublicKey::new(legacy, &der).verify(string.as_bytes(), &signature).unwrap();
            let key = auth_runtime::store::Key::new("k", KeyAlgorithm::RsaV15Sha256, der.clone().into(), None, None);
            for is_kept in [false, true] {
                let verified = signature::verify(&key, is_kept, string.as_bytes(), ClaimedSignature::Bytes(&signature));
                assert!(!verified, "1024 bits are too few");
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 4);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}", structured in "(keyId|headers|signature|created)(=|=\"|\",){0,3}[a-z,\" ]{0,20}") {
        let _ = Parameters::parse(&text);
        let _ = Parameters::parse(&structured);
    }

    #[test]
    fn what_is_written_is_read(id in "[!#-\\[\\]-~]{1,40}", names in proptest::collection::hash_set("[a-z-]{1,12}", 1..8)) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let covered = names.join(" ");
        let text = format!("keyId=\"{id}\",algorithm=\"hs2019\", headers=\"{covered}\",signature=\"AAAA\"");
        let read = Parameters::parse(&text).unwrap();
        proptest::prop_assert_eq!((read.key_id, read.names, read.signature), (id.as_str(), names, "AAAA"));
    }
}
