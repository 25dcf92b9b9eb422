//! A router that serves requests of one kind.

use std::net::SocketAddr;

use auth_runtime::Digest;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT, AUTHORIZATION, COOKIE, HOST, USER_AGENT};
use axum::http::{Request, StatusCode};
use harness::{Case, Local};
use tower_service::Service as _;

use crate::USERS;

/// What a request has with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    /// No credentials at all.
    Nothing,
    /// `Authorization` with a keyword that is nobody's here.
    Foreign,
    Token,
    /// A token of the right form that nobody has.
    UnknownToken,
    /// A word that is no token.
    MalformedToken,
    Session,
    UnknownSession,
    /// A cookie that is no login.
    ForeignCookie,
    Basic,
    WrongPassword,
    /// A header of a trusted gateway.
    Gateway,
    Key,
    UnknownKey,
}

impl Kind {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "no credentials",
            Self::Foreign => "foreign credentials",
            Self::Token => "a token",
            Self::UnknownToken => "an unknown token",
            Self::MalformedToken => "a malformed token",
            Self::Session => "a login cookie",
            Self::UnknownSession => "an unknown login cookie",
            Self::ForeignCookie => "a foreign cookie",
            Self::Basic => "a password",
            Self::WrongPassword => "a wrong password",
            Self::Gateway => "a gateway's header",
            Self::Key => "a key",
            Self::UnknownKey => "an unknown key",
        }
    }
}

/// The token of the user `n`.
pub fn token(n: usize) -> String {
    with_checksum(&format!("auth_pat_{n:043}"))
}

/// The token that begins so.
pub fn with_checksum(text: &str) -> String {
    let checksum = checksum(&Digest::of(text.as_bytes()));
    text.chars().chain(checksum.map(char::from)).collect()
}

/// The beginning of a token's digest, as the token says it at its end.
pub(crate) fn checksum(digest: &Digest) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let [a, b, c, d, ..] = *digest.as_bytes();
    let mut rest = u32::from_be_bytes([a, b, c, d]);
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

/// The login cookie of the user `n`: 40 digits, as the login pages make them.
pub fn cookie(n: usize) -> String {
    format!("{n:040x}")
}

/// A request of this kind, as the user `n`.
pub fn request(kind: Kind, n: usize) -> Request<Body> {
    let request =
        Request::get("/hello").header(HOST, "api.example.org").header(USER_AGENT, "curl/8.5.0").header(ACCEPT, "*/*");
    let cookies = |name: &str, value: String| format!("theme=dark; {name}={value}");
    let request = match kind {
        Kind::Nothing => request,
        Kind::Foreign => request.header(AUTHORIZATION, "Negotiate YIIZ1234567890"),
        Kind::Token => request.header(AUTHORIZATION, format!("Bearer {}", token(n))),
        Kind::UnknownToken => request.header(AUTHORIZATION, format!("Bearer {}", token(n + USERS))),
        Kind::MalformedToken => request.header(AUTHORIZATION, format!("Bearer {n:058}")),
        Kind::Session => request.header(COOKIE, cookies(crate::COOKIE, cookie(n))),
        Kind::UnknownSession => request.header(COOKIE, cookies(crate::COOKIE, cookie(n + USERS))),
        Kind::ForeignCookie => request.header(COOKIE, cookies("analytics", cookie(n))),
        Kind::Basic => {
            request.header(AUTHORIZATION, format!("Basic {}", base64(&format!("user-{n:03}:correct horse"))))
        }
        Kind::WrongPassword => {
            request.header(AUTHORIZATION, format!("Basic {}", base64(&format!("user-{n:03}:incorrect horse"))))
        }
        Kind::Gateway => request
            .header("x-remote-user", format!("user-{n:03}"))
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000)))),
        Kind::Key => request.header("x-api-key", format!("key-{n:060}")),
        Kind::UnknownKey => request.header("x-api-key", format!("yek-{n:060}")),
    };
    request.body(Body::empty()).expect("a request")
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bytes = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let word = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
        for at in 0..4 {
            let digit = char::from(DIGITS[(word >> (18 - 6 * at) & 63) as usize]);
            encoded.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    encoded
}

/// A router that serves requests of one kind.
pub struct Axum {
    router: Router,
    make: Box<dyn Fn(usize) -> Request<Body>>,
    users: usize,
    status: StatusCode,
    prepared: Vec<Request<Body>>,
}

impl Axum {
    /// `router` answers all requests of this kind with `status`.
    pub fn new(router: Router, kind: Kind, status: StatusCode) -> Self {
        Self::with(router, move |n| request(kind, n), status)
    }

    /// `router` answers all requests that `make` makes for a user with `status`.
    pub fn with(router: Router, make: impl Fn(usize) -> Request<Body> + 'static, status: StatusCode) -> Self {
        Self { router, make: Box::new(make), users: USERS, status, prepared: Vec::new() }
    }

    /// Requests of the first `users` users only.
    #[must_use]
    pub fn of_users(self, users: usize) -> Self {
        Self { users, ..self }
    }
}

impl Case for Axum {
    fn prepare(&mut self, requests: usize) {
        self.prepared = (0..requests).map(|n| (self.make)(n * 7_919 % self.users)).collect();
    }

    fn serve(&mut self, requests: usize) -> Local<'_, ()> {
        Box::pin(async move {
            for request in self.prepared.drain(..requests) {
                let Ok(response) = self.router.call(request).await;
                assert_eq!(response.status(), self.status);
            }
        })
    }
}
