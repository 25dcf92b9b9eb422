//! What several of these files need.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, Request};
use base64ct::{Base64, Encoding};
use tests::{Answer, request};

/// A state with this default policy. No type with a parameter: a policy for a state needs the state to be one.
macro_rules! state_with_default {
    ($name:ident, $policy:ty) => {
        #[derive(Clone)]
        struct $name(::tests::App);

        impl ::auth_runtime::AuthState for $name {
            type Backend = ::auth_store::MemoryStore;
            type DefaultPolicy = $policy;

            fn auth_context(&self) -> &::tests::App {
                &self.0
            }
        }
    };
}

pub(crate) use state_with_default;

/// `Authorization: Basic` for this pair.
pub(crate) fn basic(username: &str, password: &str) -> String {
    basic_of(format!("{username}:{password}").as_bytes())
}

/// `Authorization: Basic` for these bytes.
pub(crate) fn basic_of(pair: &[u8]) -> String {
    format!("Basic {}", Base64::encode_string(pair))
}

/// A `GET` with header values that need not be text.
pub(crate) fn raw(path: &str, headers: &[(&str, &[u8])]) -> Request<Body> {
    let mut request = request("GET", path, &[]);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().append(name, HeaderValue::from_bytes(value).unwrap());
    }
    request
}

/// The same request, from a peer with this address.
pub(crate) fn from_peer(mut request: Request<Body>, peer: &str) -> Request<Body> {
    let address = SocketAddr::new(peer.parse::<IpAddr>().unwrap(), 40_000);
    request.extensions_mut().insert(ConnectInfo(address));
    request
}

/// The same request, from a peer on a Unix socket.
#[cfg(unix)]
pub(crate) fn from_unix_peer(mut request: Request<Body>) -> Request<Body> {
    let peer = std::os::unix::net::SocketAddr::from_pathname("/run/app.sock").unwrap();
    request.extensions_mut().insert(ConnectInfo(tokio::net::unix::SocketAddr::from(peer)));
    request
}

/// Status and `code` of an answer.
pub(crate) fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

/// The value that an answer sets the cookie `name` to.
pub(crate) fn cookie_set(answer: &Answer, name: &str) -> Option<String> {
    let cookies = answer.all("set-cookie").into_iter();
    cookies
        .filter_map(|cookie| cookie.split(';').next()?.split_once('='))
        .find_map(|(key, value)| (key == name).then(|| value.to_owned()))
}
