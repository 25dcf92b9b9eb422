//! Signed requests, and what is verified of them.

use std::time::Duration;

use auth_runtime::Clock;
use auth_runtime::store::{Key, KeyAlgorithm};
use auth_keys::SigningKey;
use auth_signatures::cavage::CavageSigner;
use auth_signatures::hawk::{Artifacts, Client, SignOptions};
use auth_signatures::http_signature::MessageSigner;
use axum::body::Bytes;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::uri::PathAndQuery;
use axum::http::{Request, Uri};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};

use crate::{Kind, Scheme};

const HOST_NAME: &str = "api.example.org";
const TYPE: &str = "application/json";

/// Makes the requests of a kind.
pub(crate) struct Requests {
    key: SigningKey,
    signer: Signer,
    body: Bytes,
    made: usize,
}

enum Signer {
    Hawk(Client),
    HawkBewit(Client),
    HttpSignature(MessageSigner),
    CavageSignature(CavageSigner),
}

/// What the signer signed, and its signature.
pub(crate) struct Signed {
    pub(crate) message: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// What is digested before the body, the body, and what is digested behind it, with the digest of all three.
    pub(crate) body: Option<([Bytes; 3], Vec<u8>)>,
}

impl Requests {
    pub(crate) fn new(kind: Kind) -> Self {
        let key = key(kind.algorithm());
        let hawk = || Client::new(key.clone()).expect("a key of HMAC");
        let signer = match kind.scheme {
            Scheme::Hawk => Signer::Hawk(hawk()),
            Scheme::HawkBewit => Signer::HawkBewit(hawk()),
            Scheme::HttpSignature(_) => Signer::HttpSignature(MessageSigner::new(key.clone())),
            Scheme::CavageSignature(_) => Signer::CavageSignature(CavageSigner::new(key.clone(), Clock::system())),
        };
        Self { key, signer, body: vec![b'x'; kind.body].into(), made: 0 }
    }

    /// What the server verifies with.
    pub(crate) fn verifying_key(&self) -> Key {
        self.key.verifying_key()
    }

    /// The next request, as a server gets it.
    pub(crate) fn next(&mut self) -> Request<Bytes> {
        self.next_signed().0
    }

    /// The next request, and what is verified of it.
    pub(crate) fn next_signed(&mut self) -> (Request<Bytes>, Signed) {
        // Of two requests with one path in one second, the second would be a replay where a scheme has no nonce.
        self.made += 1;
        let uri: Uri = format!("https://{HOST_NAME}/hello?n={}", self.made).parse().expect("a URI");
        let mut request = Request::builder()
            .method(if self.body.is_empty() { "GET" } else { "POST" })
            .uri(uri)
            .header(HOST, HOST_NAME)
            .header(USER_AGENT, "curl/8.5.0")
            .header(ACCEPT, "*/*")
            .body(self.body.clone())
            .expect("a request");
        if !self.body.is_empty() {
            request.headers_mut().insert(CONTENT_TYPE, TYPE.parse().expect("a media type"));
        }
        let (mut request, signed) = self.signed(request);
        // The request line has no more than this.
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str).parse().expect("a path");
        *request.uri_mut() = path;
        (request, signed)
    }

    fn signed(&self, mut request: Request<Bytes>) -> (Request<Bytes>, Signed) {
        match &self.signer {
            Signer::Hawk(client) => {
                let artifacts = client.sign(&mut request, &SignOptions::new()).expect("a signature");
                let what = hawk(&request, &artifacts);
                (request, what)
            }
            Signer::HawkBewit(client) => {
                let uri = client.signed_uri(request.uri(), Duration::from_secs(3_600), None).expect("a signature");
                let what = bewit(request.uri(), &uri);
                *request.uri_mut() = uri;
                (request, what)
            }
            Signer::HttpSignature(signer) => {
                let body = request.body().clone();
                signer.sign(&mut request, &body).expect("a signature");
                let what = http_signature(&request);
                (request, what)
            }
            Signer::CavageSignature(signer) => {
                let (mut head, body) = request.into_parts();
                signer.sign(&mut head, &body).expect("a signature");
                let request = Request::from_parts(head, body);
                let what = cavage(&request);
                (request, what)
            }
        }
    }
}

/// RSA keys are those of RFC 9421 appendix B.1: to make one takes a second, and its time is random.
fn key(algorithm: KeyAlgorithm) -> SigningKey {
    let pem = match algorithm {
        KeyAlgorithm::RsaPssSha512 => {
            include_str!("../../../auth-keys/src/fixtures/test-key-rsa-pss.private.pem")
        }
        KeyAlgorithm::RsaV15Sha256 => {
            include_str!("../../../auth-keys/src/fixtures/test-key-rsa.private.pem")
        }
        _ => return SigningKey::generate("partner-1", algorithm).expect("randomness"),
    };
    SigningKey::from_pem("partner-1", algorithm, pem).expect("a key")
}

fn header<'a>(request: &'a Request<Bytes>, name: &str) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What stands between these two.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).expect("what stands before it");
    rest.split_once(after).map_or(rest, |(found, _)| found)
}

fn decoded(text: &str) -> Vec<u8> {
    Base64::decode_vec(text).expect("base64")
}

fn hawk(request: &Request<Bytes>, artifacts: &Artifacts) -> Signed {
    let (method, resource) = (request.method(), request.uri().path_and_query().map_or("/", PathAndQuery::as_str));
    let (ts, nonce, hash) = (artifacts.timestamp(), artifacts.nonce(), artifacts.hash().unwrap_or_default());
    let message = format!("hawk.1.header\n{ts}\n{nonce}\n{method}\n{resource}\n{HOST_NAME}\n443\n{hash}\n\n");
    let signature = decoded(between(header(request, "authorization"), "mac=\"", "\""));
    let body = artifacts.hash().map(|hash| {
        let before = format!("hawk.1.payload\n{TYPE}\n").into();
        ([before, request.body().clone(), "\n".into()], decoded(hash))
    });
    Signed { message: message.into(), signature, body }
}

fn bewit(uri: &Uri, signed: &Uri) -> Signed {
    let bewit = between(signed.query().unwrap_or_default(), "bewit=", "&");
    let bewit = String::from_utf8(Base64UrlUnpadded::decode_vec(bewit).expect("base64")).expect("text");
    let parts: Vec<&str> = bewit.split('\\').collect();
    let resource = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let message = format!("hawk.1.bewit\n{}\n\nGET\n{resource}\n{HOST_NAME}\n443\n\n\n", parts[1]);
    Signed { message: message.into(), signature: decoded(parts[2]), body: None }
}

fn http_signature(request: &Request<Bytes>) -> Signed {
    let (method, uri) = (request.method(), request.uri());
    let mut message = format!("\"@method\": {method}\n\"@target-uri\": {uri}\n");
    let digest = header(request, "content-digest");
    if !digest.is_empty() {
        message.extend(["\"content-digest\": ", digest, "\n\"content-type\": ", TYPE, "\n"]);
    }
    message.extend(["\"@signature-params\": ", between(header(request, "signature-input"), "sig1=", "\n")]);
    let signature = decoded(between(header(request, "signature"), "=:", ":"));
    Signed { message: message.into(), signature, body: digested(request, digest, "sha-256=:", ":") }
}

fn cavage(request: &Request<Bytes>) -> Signed {
    let authorization = header(request, "authorization");
    let method = request.method().as_str().to_ascii_lowercase();
    let target = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let lines = between(authorization, "headers=\"", "\"").split(' ').map(|name| match name {
        "(request-target)" => format!("{name}: {method} {target}"),
        name => format!("{name}: {}", header(request, name)),
    });
    let message = lines.collect::<Vec<_>>().join("\n");
    let signature = decoded(between(authorization, "signature=\"", "\""));
    Signed { message: message.into(), signature, body: digested(request, header(request, "digest"), "SHA-256=", ",") }
}

fn digested(request: &Request<Bytes>, digest: &str, before: &str, after: &str) -> Option<([Bytes; 3], Vec<u8>)> {
    let body = || [Bytes::new(), request.body().clone(), Bytes::new()];
    (!digest.is_empty()).then(|| (body(), decoded(between(digest, before, after))))
}
