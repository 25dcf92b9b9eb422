//! `Server-Authorization`: signs the response with the caller's key.

use std::convert::Infallible;
use std::fmt;

use auth_runtime::store::Key;
use axum::response::{IntoResponseParts, ResponseParts};
use http::{HeaderName, HeaderValue, Method};

use super::artifacts::{Artifacts, Kind, mac};
use super::attributes::{is_value, write};
use super::payload::PayloadHash;
use crate::exchange::SignResponse;

pub(super) const SERVER_AUTHORIZATION: HeaderName = HeaderName::from_static("server-authorization");

/// Data that a handler sends and signs with the response: the attribute `ext` of `Server-Authorization`.
///
/// ```
/// use auth_signatures::hawk::ResponseExt;
/// use axum::response::IntoResponse;
///
/// async fn report() -> impl IntoResponse {
///     (ResponseExt::new("next=17").ok(), "figures")
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseExt(String);

/// The text is not valid as an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidExt;

impl fmt::Display for InvalidExt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an `ext` is one or more visible ASCII characters and spaces, without `\"` and `\\`")
    }
}

impl std::error::Error for InvalidExt {}

impl ResponseExt {
    /// Creates an `ext` with this text.
    ///
    /// # Errors
    ///
    /// If the text is empty, or contains anything except spaces and visible ASCII characters without `"` and `\`.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidExt> {
        let text = text.into();
        if is_value(&text) { Ok(Self(text)) } else { Err(InvalidExt) }
    }
}

impl IntoResponseParts for ResponseExt {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        response.extensions_mut().insert(self);
        Ok(response)
    }
}

/// Signs the response to the request with these artifacts.
pub(super) struct Signer {
    pub(super) key: Key,
    pub(super) request: Artifacts,
}

impl SignResponse for Signer {
    fn sign(&self, response: &mut http::response::Parts, body: Option<&[u8]>) {
        // The body of a response to `HEAD` is removed after it was signed.
        let body = if self.request.method == Method::HEAD.as_str() { Some(&b""[..]) } else { body };
        let hash = body.map(|body| PayloadHash::of(self.key.algorithm(), &response.headers, body));
        let ext = response.extensions.get().map(|ResponseExt(text)| text.as_str());
        let mac = mac(&self.key, &self.request.normalized(Kind::Response, hash.as_deref(), ext));
        let value = write(&[("mac", Some(&mac)), ("hash", hash.as_deref()), ("ext", ext)]);
        match HeaderValue::try_from(value) {
            Ok(value) => {
                response.headers.insert(SERVER_AUTHORIZATION, value);
            }
            // Attributes contain only characters that are valid in a header.
            Err(error) => tracing::error!(target: "auth::request", %error, "the response could not be signed"),
        }
    }
}
