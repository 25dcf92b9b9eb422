//! [`Exchange`]: what a scheme and the layer around the router share about one request.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use auth_runtime::store::{Backend, ReplayStore, StoreResult, Use};
use auth_runtime::{AuthContext, AuthError, Digest};
use http::HeaderValue;
use http::request::Parts;

use crate::http_signature::WantedSignature;
use crate::inline_vec::InlineVec;
use auth_keys::SigningKey;

/// Why [`Use::BeforeRecords`] is refused. Logged, never sent.
pub(crate) const BEFORE_RECORDS: &str = "the request was made before this process began to record what was used, so that it \
                                         may have been used";

/// One request and its response. [`SignatureLayer`](crate::SignatureLayer) inserts it into the request's extensions.
#[derive(Clone, Default)]
pub(crate) struct Exchange(Arc<Inner>);

#[derive(Default)]
struct Inner {
    signs_responses: AtomicBool,
    response_key: OnceLock<SigningKey>,
    signer: OnceLock<Box<dyn SignResponse>>,
    accepted: Mutex<InlineVec<WantedSignature>>,
    used: Mutex<InlineVec<Digest>>,
}

/// Signs the response to a request whose signature was valid.
pub(crate) trait SignResponse: Send + Sync {
    /// Adds the signature. `body` is `None` if it is a stream that is not buffered.
    fn sign(&self, response: &mut http::response::Parts, body: Option<&[u8]>);
}

/// The layer is missing.
#[derive(Debug)]
struct NoLayer;

impl fmt::Display for NoLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the router has no `SignatureLayer`; add `.layer(auth_signatures::SignatureLayer::new())` as its last layer")
    }
}

impl std::error::Error for NoLayer {}

impl Exchange {
    /// Records that a layer signs responses. Without such a layer, no response signer needs to be built.
    pub(crate) fn set_signs_responses(&self) {
        self.0.signs_responses.store(true, Ordering::Relaxed);
    }

    /// Sets the key that the server signs its responses with, unless an outer layer has set one.
    pub(crate) fn set_response_key(&self, key: SigningKey) {
        let _ = self.0.response_key.set(key);
    }

    /// Returns the server's own key.
    pub(crate) fn response_key(&self) -> Option<&SigningKey> {
        self.0.response_key.get()
    }

    /// Returns the exchange of this request.
    ///
    /// # Errors
    ///
    /// [`AuthError::internal`] when the router has no [`SignatureLayer`](crate::SignatureLayer).
    pub(crate) fn of(request: &Parts) -> Result<&Self, AuthError> {
        request.extensions.get().ok_or_else(|| AuthError::internal(NoLayer))
    }

    /// Has the response signed by the result of `signer`, if a layer signs responses. The first scheme that calls this wins,
    /// since it identified the caller.
    pub(crate) fn sign_response<S: SignResponse + 'static>(&self, signer: impl FnOnce() -> Option<S>) {
        if self.0.signs_responses.load(Ordering::Relaxed)
            && let Some(signer) = signer()
        {
            let _ = self.0.signer.set(Box::new(signer));
        }
    }

    pub(crate) fn signer(&self) -> Option<&dyn SignResponse> {
        self.0.signer.get().map(|signer| &**signer)
    }

    /// Adds a wanted signature to a 401: a member of `Accept-Signature` (RFC 9421 section 5.1).
    pub(crate) fn accept(&self, signature: WantedSignature) {
        let mut accepted = self.0.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        if accepted.iter().all(|other| *other != signature) {
            accepted.push(signature);
        }
    }

    pub(crate) fn accepted(&self) -> Vec<HeaderValue> {
        let accepted = self.0.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        accepted.iter().zip(1..).filter_map(|(signature, number)| signature.to_header_value(number)).collect()
    }

    /// Records the use of `nonce`, as [`AuthContext::record_use`] does. A second use by the same request counts as the first
    /// one, since a guard and a handler run the same chain.
    pub(crate) async fn record_use<B: Backend + ReplayStore>(
        &self,
        context: &AuthContext<B>,
        scope: &str,
        nonce: Digest,
        validity: Range<Duration>,
    ) -> StoreResult<Use> {
        if self.used().iter().any(|used| *used == nonce) {
            return Ok(Use::First);
        }
        let found = context.record_use(scope, &nonce, validity).await?;
        if found == Use::First {
            self.used().push(nonce);
        }
        Ok(found)
    }

    fn used(&self) -> std::sync::MutexGuard<'_, InlineVec<Digest>> {
        self.0.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
