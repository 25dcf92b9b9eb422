//! Schemes that verify bodies: nothing is read for whoever is refused, and nothing that was not signed reaches a handler.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_runtime::body::{BodyLayer, BodyVerifier, DeferredBody};
use auth_runtime::http::request::Parts;
use auth_runtime::permission::{AllowAny, IsAuthenticated, IsStaff};
use auth_runtime::{
    AuthError, Authenticator, Challenge, Digest, Outcome, Policy, Scheme, SchemeResult, User, authenticate, guard,
};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Json;
use axum::http::Request;
use axum::routing::{get, post};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tests::{Answer, request_with, send};

#[derive(Clone, Debug)]
struct Shop;

impl User for Shop {
    fn id(&self) -> Cow<'_, str> {
        "shop".into()
    }
}

/// The digest of the body, in a header. Where it says `stream`, the body is handed on while it is verified.
#[derive(Authenticator)]
struct Signed;

struct Expected {
    digest: Vec<u8>,
    body: Vec<u8>,
}

impl BodyVerifier for Expected {
    fn update(&mut self, chunk: &[u8]) {
        self.body.extend_from_slice(chunk);
    }

    fn finish(self: Box<Self>) -> Result<(), AuthError> {
        if hex(&self.body).as_bytes() == self.digest {
            Ok(())
        } else {
            Err(AuthError::authentication_failed("Invalid signature."))
        }
    }
}

impl<S: Sync> Scheme<S> for Signed {
    type User = Shop;

    async fn authenticate(&self, request: &Parts, _: &S) -> SchemeResult<Shop> {
        let Some(digest) = request.headers.get("x-digest") else { return Ok(Outcome::Skipped) };
        let expected = Expected { digest: digest.as_bytes().to_vec(), body: Vec::new() };
        let body = DeferredBody::new(expected).with_limit(16).with_stream(request.headers.contains_key("x-stream"));
        Ok(Outcome::Deferred(Shop, (), body.into()))
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new("Digest").param("realm", "shop"))
    }
}

#[derive(Authenticator)]
struct Unchallenging;

impl<S: Sync> Scheme<S> for Unchallenging {
    type User = Shop;

    async fn authenticate(&self, _: &Parts, _: &S) -> SchemeResult<Shop> {
        Ok(Outcome::Skipped)
    }
}

fn hex(body: &[u8]) -> String {
    format!("{:02x?}", Digest::of(body).as_bytes())
}

#[authenticate(Signed)]
async fn echo(#[user] _shop: Shop, body: Bytes) -> Bytes {
    body
}

#[authenticate(Signed)]
async fn unread(#[user] _shop: Shop) -> &'static str {
    "done"
}

#[authenticate(Signed)]
#[permit(IsAuthenticated)]
async fn json(Json(values): Json<Vec<u8>>) -> Json<Vec<u8>> {
    Json(values)
}

#[authenticate(Signed)]
#[permit(IsStaff)]
async fn staff(body: Bytes) -> Bytes {
    body
}

#[authenticate(Signed)]
#[permit(AllowAny)]
#[throttle(user = "1/day")]
async fn throttled(body: Bytes) -> Bytes {
    body
}

#[authenticate(Unchallenging, Signed)]
async fn forbidden(#[user] _shop: Shop, body: Bytes) -> Bytes {
    body
}

#[derive(Policy)]
#[policy(chain(Signed), permit(IsAuthenticated))]
struct SignedOnly;

/// Says what it read, and how it ended.
#[authenticate(Signed)]
async fn reads_on(#[user] _shop: Shop, mut body: Body) -> String {
    let mut read = String::new();
    while let Some(frame) = body.frame().await {
        match frame.map(|frame| frame.into_data().map_err(|frame| frame.into_trailers().unwrap())) {
            Ok(Ok(chunk)) => read.push_str(std::str::from_utf8(&chunk).unwrap()),
            Ok(Err(trailers)) => read.push_str(trailers["x-trailer"].to_str().unwrap()),
            Err(error) => return format!("{read}! {error}"),
        }
    }
    read
}

fn router() -> Router {
    Router::new()
        .route("/echo", post(echo))
        .route("/unread", post(unread))
        .route("/json", post(json))
        .route("/staff", post(staff))
        .route("/throttled", post(throttled))
        .route("/forbidden", post(forbidden))
        .route("/reads-on", post(reads_on))
        .layer(BodyLayer)
}

async fn call(path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = [headers, &[("content-type", "application/json")]].concat();
    send(&router(), request_with("POST", path, &headers, body)).await
}

/// A request whose body comes in frames, without a length, and counts how many are read.
fn framed(
    path: &str,
    digest: &str,
    frames: Vec<Result<&'static str, &'static str>>,
) -> (Request<Body>, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&read);
    let stream = futures_util::stream::iter(frames.into_iter().map(move |frame| {
        counted.fetch_add(1, Ordering::SeqCst);
        match frame {
            Ok("x-trailer") => Ok(Frame::trailers(
                [("x-trailer", "end")]
                    .into_iter()
                    .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                    .collect(),
            )),
            Ok(chunk) => Ok(Frame::data(Bytes::from_static(chunk.as_bytes()))),
            Err(error) => Err(error),
        }
    }));
    let mut request = request_with("POST", path, &[("x-digest", digest)], "");
    *request.body_mut() = Body::new(StreamBody::new(stream));
    (request, read)
}

#[tokio::test]
async fn a_handler_reads_what_was_signed_and_is_not_called_with_anything_else() {
    let good = hex(b"[1,2]");
    for path in ["/echo", "/json", "/reads-on", "/forbidden"] {
        let answer = call(path, &[("x-digest", &good)], "[1,2]").await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "[1,2]"), "{path}");
    }
    for path in ["/echo", "/json", "/reads-on", "/unread"] {
        let answer = call(path, &[("x-digest", &good)], "[1,3]").await;
        assert_eq!((answer.status.as_u16(), answer.detail().as_str()), (401, "Invalid signature."), "{path}");
        assert_eq!(answer.header("www-authenticate"), Some("Digest realm=\"shop\""), "{path}");
    }
    let first_has_no_challenge = call("/forbidden", &[("x-digest", &good)], "[1,3]").await;
    assert_eq!(first_has_no_challenge.status, 403);
    assert_eq!(call("/unread", &[("x-digest", &hex(b""))], "").await.body, "done");
    assert_eq!(call("/echo", &[], "[1,2]").await.status, 401, "nobody signed");
}

#[tokio::test]
async fn what_is_left_of_the_body_stays_as_it_came() {
    let (request, _) = framed("/reads-on", &hex(b"onetwo"), vec![Ok("one"), Ok("two"), Ok("x-trailer")]);
    assert_eq!(send(&router(), request).await.body, "onetwoend");
}

#[tokio::test]
async fn nothing_is_read_for_whoever_is_refused() {
    for (path, status) in [("/staff", 403), ("/throttled", 200), ("/throttled", 429)] {
        let (request, read) = framed(path, &hex(b"one"), vec![Ok("one")]);
        assert_eq!(send(&router(), request).await.status, status, "{path}");
        assert_eq!(read.load(Ordering::SeqCst), usize::from(status == 200), "{path} {status}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_as_soon_as_that_is_known() {
    let long = "12345678901234567";
    let answer = call("/echo", &[("x-digest", &hex(long.as_bytes()))], long).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (413, Some("payload_too_large")));
    assert_eq!(call("/echo", &[("x-digest", &hex(&long.as_bytes()[..16]))], &long[..16]).await.body, long[..16]);
    let (request, read) = framed("/echo", "..", vec![Ok("1234567890"), Ok("1234567"), Ok("never read")]);
    assert_eq!(send(&router(), request).await.status, 413);
    assert_eq!(read.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_body() {
    let (request, _) = framed("/echo", &hex(b"one"), vec![Ok("one"), Err("connection reset")]);
    let answer = send(&router(), request).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some("invalid_body")));
}

#[tokio::test]
async fn a_stream_of_any_length_ends_with_an_error_when_it_is_not_what_was_signed() {
    let long = "12345678901234567";
    let (good, other) = (hex(long.as_bytes()), hex(b"other"));
    let [good, other] = [&good, &other].map(|digest| [("x-stream", "1"), ("x-digest", digest.as_str())]);
    assert_eq!(call("/reads-on", &good, long).await.body, long);
    assert_eq!(call("/reads-on", &other, long).await.body, format!("{long}! Invalid signature."));
    assert_eq!(call("/echo", &other, long).await.status, 400, "an extractor sees a broken body");
}

#[tokio::test]
async fn without_the_layer_nobody_comes_in() {
    let router = Router::new().route("/echo", post(echo));
    let answer = send(&router, request_with("POST", "/echo", &[("x-digest", &hex(b"1"))], "1")).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (500, Some("error")));
}

#[tokio::test]
async fn a_guard_and_a_handler_both_verify() {
    let router = Router::new().route("/echo", post(echo)).route("/plain", post(async |body: Bytes| body));
    let router = guard::<SignedOnly, ()>(router, &()).layer(BodyLayer).layer(BodyLayer);
    for path in ["/echo", "/plain"] {
        let good = send(&router, request_with("POST", path, &[("x-digest", &hex(b"one"))], "one")).await;
        assert_eq!((good.status.as_u16(), good.body.as_str()), (200, "one"), "{path}");
        let bad = send(&router, request_with("POST", path, &[("x-digest", &hex(b"one"))], "two")).await;
        assert_eq!(bad.status, 401, "{path}");
        let streamed = [("x-stream", "1"), ("x-digest", &hex(b"two"))];
        assert_eq!(send(&router, request_with("POST", path, &streamed, "one")).await.status, 400, "{path}");
    }
}

#[tokio::test]
async fn a_layer_that_reads_the_body_between_is_found_out() {
    let router = Router::new()
        .route("/echo", post(echo))
        .layer(axum::middleware::map_request(async |request: Request<Body>| {
            let (parts, body) = request.into_parts();
            Request::from_parts(parts, Body::from(body.collect().await.unwrap().to_bytes()))
        }))
        .layer(BodyLayer);
    let answer = send(&router, request_with("POST", "/echo", &[("x-digest", &hex(b"one"))], "one")).await;
    assert_eq!(answer.status, 500);
}

/// The challenge of this one refusal: of the first scheme, of a later one, with none before it.
#[derive(Authenticator)]
struct Expired;

impl<S: Sync> Scheme<S> for Expired {
    type User = Shop;

    async fn authenticate(&self, _: &Parts, _: &S) -> SchemeResult<Shop> {
        let challenge = Challenge::new("Expiring").param("error", "expired");
        Err(AuthError::authentication_failed("Expired.").with_challenge(challenge).because("it says nothing of this"))
    }

    fn challenge(&self) -> Option<Challenge> {
        Some(Challenge::new("Expiring").param("realm", "shop"))
    }
}

#[authenticate(Expired)]
async fn first(#[user] _shop: Shop) {}

#[authenticate(Signed, Expired)]
async fn second(#[user] _shop: Shop) {}

#[authenticate(Unchallenging, Expired)]
async fn after_none(#[user] _shop: Shop) {}

#[authenticate(Signed, Expired, challenges = all)]
async fn among_all(#[user] _shop: Shop) {}

#[tokio::test]
async fn a_refusal_may_have_a_challenge_of_its_own() {
    let router = Router::new()
        .route("/first", get(first))
        .route("/second", get(second))
        .route("/after-none", get(after_none))
        .route("/among-all", get(among_all));
    let (own, signed) = ("Expiring error=\"expired\"", "Digest realm=\"shop\"");
    for (path, status, challenges) in [
        ("/first", 401, vec![own]),
        ("/second", 401, vec![signed, own]),
        ("/after-none", 403, vec![]),
        ("/among-all", 401, vec![signed, own]),
    ] {
        let answer = tests::get(&router, path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.all("www-authenticate")), (status, challenges), "{path}");
        assert!(!answer.body.contains("nothing"), "{}", answer.body);
    }
}
