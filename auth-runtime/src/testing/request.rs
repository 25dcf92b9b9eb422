//! Builds requests: [`RequestBuilder`].

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request};
use serde::Serialize;

use super::{expect, force_authenticate, force_credentials};
use crate::identity::User;

/// A request that is being built. The methods of [`Client`](super::Client) start one that `.await` sends. [`new`](Self::new)
/// starts one that is [built](Self::build), for a router, an extractor or a permission that the test calls itself.
///
/// ```
/// use auth_runtime::http::Method;
/// use auth_runtime::testing::RequestBuilder;
///
/// let request = RequestBuilder::new(Method::POST, "/notes").header("x-api-key", "k").form(&[("text", "hello")]).build();
/// assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
/// ```
#[must_use = "a request is sent by `.await`, or built by `build`"]
pub struct RequestBuilder<C = ()> {
    pub(super) client: C,
    pub(super) request: Request<()>,
    pub(super) body: Payload,
    pub(super) without: Vec<HeaderName>,
}

pub(super) enum Payload {
    Raw(Vec<u8>),
    Form(String),
}

impl RequestBuilder {
    /// Creates a request for `path`, which may have a query.
    ///
    /// # Panics
    ///
    /// If `path` is not valid.
    #[track_caller]
    pub fn new(method: Method, path: &str) -> Self {
        Self::of((), method, path)
    }

    /// Builds the request.
    pub fn build(self) -> Request<Body> {
        let body = match self.body {
            Payload::Raw(body) => body,
            Payload::Form(form) => form.into_bytes(),
        };
        self.request.map(|()| Body::from(body))
    }

    /// Builds the head of the request.
    pub fn parts(self) -> Parts {
        self.request.into_parts().0
    }
}

impl<C> RequestBuilder<C> {
    #[track_caller]
    pub(super) fn of(client: C, method: Method, path: &str) -> Self {
        let request = expect(Request::builder().method(method).uri(path).body(()), "no path of a request");
        Self { client, request, body: Payload::Raw(Vec::new()), without: Vec::new() }
    }

    /// Adds a header. A client then does not add its own header with this name.
    ///
    /// # Panics
    ///
    /// If it is not a valid header.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = expect(HeaderName::from_bytes(name.as_bytes()), "no name of a header");
        self.request.headers_mut().append(name, expect(HeaderValue::from_str(value), "no value of a header"));
        self
    }

    /// Keeps a client from adding this header, such as `Origin`.
    ///
    /// # Panics
    ///
    /// If it is not a valid header name.
    #[track_caller]
    pub fn without_header(mut self, name: &str) -> Self {
        self.without.push(expect(HeaderName::from_bytes(name.as_bytes()), "no name of a header"));
        self
    }

    /// Sets a JSON body, with its `Content-Type`.
    ///
    /// # Panics
    ///
    /// If `value` cannot be serialized to JSON.
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        self.body = Payload::Raw(expect(serde_json::to_vec(value), "no JSON"));
        self.content_type("application/json")
    }

    /// Sets the fields of a form, with their `Content-Type`. A client adds its CSRF token if `fields` has none.
    ///
    /// # Panics
    ///
    /// If `fields` is not a valid form.
    #[track_caller]
    pub fn form<T: Serialize + ?Sized>(mut self, fields: &T) -> Self {
        self.body = Payload::Form(expect(serde_urlencoded::to_string(fields), "no form"));
        self.content_type("application/x-www-form-urlencoded")
    }

    /// Sets any other body, without a `Content-Type`.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Payload::Raw(body.into());
        self
    }

    /// Makes the request come from this peer, as a server reports it with [`ConnectInfo`].
    pub fn peer(self, address: IpAddr) -> Self {
        self.extension(ConnectInfo(SocketAddr::new(address, 40_000)))
    }

    /// Adds a value to the extensions, as a layer does.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.request.extensions_mut().insert(value);
        self
    }

    /// See [`force_authenticate`].
    pub fn force_authenticate<U: User + Clone>(mut self, user: U) -> Self {
        force_authenticate(&mut self.request, user);
        self
    }

    /// See [`force_credentials`].
    pub fn force_credentials<A: Clone + Send + Sync + 'static>(mut self, auth: A) -> Self {
        force_credentials(&mut self.request, auth);
        self
    }

    fn content_type(mut self, value: &'static str) -> Self {
        self.request.headers_mut().entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(value));
        self
    }
}

impl<C> fmt::Debug for RequestBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBuilder")
            .field("method", self.request.method())
            .field("uri", self.request.uri())
            .finish_non_exhaustive()
    }
}
