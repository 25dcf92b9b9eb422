//! Bodies that a scheme must verify but cannot read: [`BodyLayer`] holds them back until they are verified.
//!
//! A scheme sees the head of a request. A scheme that also signs bodies verifies the head and returns a verifier for the body:
//! [`Outcome::Deferred`](crate::Outcome::Deferred) with a [`DeferredBody`]. The body is verified after the chain, the
//! permission and the throttles have accepted the caller, and before anything else of the request is extracted. So a refused
//! caller cannot make the server read a body. The handler's extractors then read the body as usual.
//!
//! Trailers are passed on unchanged. Like headers that a signature does not cover, they are not verified.
//!
//! A signature over a webhook is a scheme of this kind:
//!
//! ```
//! use auth_runtime::body::{BodyVerifier, DeferredBody};
//! use auth_runtime::{AuthError, Authenticator, Outcome, Scheme, User, SchemeResult, http::request::Parts};
//!
//! # #[derive(Clone)] struct Shop;
//! # impl User for Shop { fn id(&self) -> std::borrow::Cow<'_, str> { "shop".into() } }
//! # struct Mac; impl Mac { fn new() -> Self { Self } fn update(&mut self, _: &[u8]) {} fn verify(&self, _: &[u8]) -> bool { true } }
//! #[derive(Authenticator)]
//! struct Webhook;
//!
//! struct Signature { mac: Mac, expected: Vec<u8> }
//!
//! impl BodyVerifier for Signature {
//!     fn update(&mut self, chunk: &[u8]) {
//!         self.mac.update(chunk);
//!     }
//!     fn finish(self: Box<Self>) -> Result<(), AuthError> {
//!         if self.mac.verify(&self.expected) { Ok(()) } else { Err(AuthError::authentication_failed("Invalid signature.")) }
//!     }
//! }
//!
//! impl<S: Sync> Scheme<S> for Webhook {
//!     type User = Shop;
//!     async fn authenticate(&self, request: &Parts, _: &S) -> SchemeResult<Shop> {
//!         let Some(signature) = request.headers.get("x-signature") else { return Ok(Outcome::Skipped) };
//!         let verifier = Signature { mac: Mac::new(), expected: signature.as_bytes().to_vec() };
//!         Ok(Outcome::Deferred(Shop, (), DeferredBody::new(verifier).into()))
//!     }
//! }
//! # fn main() {
//!
//! let router: axum::Router = axum::Router::new().layer(auth_runtime::body::BodyLayer);
//! # }
//! ```

pub(crate) mod form;
mod held;
mod layer;
mod read;

use std::fmt;

pub use self::held::RequestBody;
pub use self::layer::{BodyLayer, BodyService};
pub(crate) use self::read::read;
use crate::refusal::AuthError;

/// How many bytes of a body are verified by default: 2 MiB, as much as axum's extractors read.
pub const DEFAULT_LIMIT: usize = 2 * 1024 * 1024;

/// Verifies a body as it arrives.
pub trait BodyVerifier: Send + 'static {
    /// Takes the next bytes of it.
    fn update(&mut self, chunk: &[u8]);

    /// Checks that the whole body is what was signed.
    ///
    /// # Errors
    ///
    /// [`AuthError::authentication_failed`] if it is not.
    fn finish(self: Box<Self>) -> Result<(), AuthError>;
}

/// A body that is still to be verified.
pub struct DeferredBody {
    verifier: Box<dyn BodyVerifier>,
    limit: usize,
    stream: bool,
}

impl DeferredBody {
    /// Creates a body of at most [`DEFAULT_LIMIT`] bytes that is held back until it has been verified.
    pub fn new(verifier: impl BodyVerifier) -> Self {
        Self { verifier: Box::new(verifier), limit: DEFAULT_LIMIT, stream: false }
    }

    /// Sets the limit in bytes. A longer body is refused with 413.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Sets whether the body is passed on as it arrives, whatever its length, instead of being held back. If it is not what was
    /// signed, it ends with an error instead of its end. The handler must not make a lasting change before it has read that
    /// end.
    #[must_use]
    pub fn with_stream(mut self, stream: bool) -> Self {
        self.stream = stream;
        self
    }
}

impl fmt::Debug for DeferredBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeferredBody").field("limit", &self.limit).field("stream", &self.stream).finish_non_exhaustive()
    }
}
