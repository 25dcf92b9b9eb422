//! [`SignatureLayer`]: the layer around the router that the schemes of this crate need.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth_runtime::body::{BodyLayer, BodyService};
use axum::body::{Body, HttpBody, to_bytes};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, Method, Request, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use crate::exchange::{Exchange, SignResponse};
use auth_keys::SigningKey;

/// The maximum length of a response body that is buffered to be signed: 2 MiB by default.
const RESPONSE_LIMIT: u64 = 2 * 1024 * 1024;

/// A tower layer for routers whose handlers use schemes of this crate. It holds bodies back until they are verified, tells
/// clients in a 401 which signature is wanted, and signs responses if configured.
///
/// Add it to the router last, so that it wraps everything. Without it, the schemes answer with 500 and log the reason.
///
/// ```
/// use auth_signatures::SignatureLayer;
///
/// let router: axum::Router = axum::Router::new().layer(SignatureLayer::new().sign_responses());
/// ```
#[derive(Debug, Clone)]
pub struct SignatureLayer {
    responses: Option<u64>,
    response_key: Option<SigningKey>,
}

impl Default for SignatureLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl SignatureLayer {
    /// Creates a layer that does not sign responses.
    pub const fn new() -> Self {
        Self { responses: None, response_key: None }
    }

    /// Signs the responses to requests that were authenticated by [`Hawk`](crate::Hawk), with the caller's key. A body of known
    /// length up to 2 MiB is signed as well. A longer body, or a stream, is passed on as it comes, and the signature covers
    /// only the head.
    #[must_use]
    pub const fn sign_responses(mut self) -> Self {
        self.responses = Some(RESPONSE_LIMIT);
        self
    }

    /// Does the same with another limit, in bytes.
    #[must_use]
    pub const fn sign_responses_up_to(mut self, bytes: u64) -> Self {
        self.responses = Some(bytes);
        self
    }

    /// Also signs the responses to requests that were authenticated by [`HttpSignature`](crate::HttpSignature), with this key
    /// of the server. Responses to links and to the old draft are never signed, since no format for this exists.
    ///
    /// The rules and the limit are those of [`sign_responses`](Self::sign_responses), or the limit that was set before.
    #[must_use]
    pub fn with_response_key(mut self, key: SigningKey) -> Self {
        self.responses = self.responses.or(Some(RESPONSE_LIMIT));
        self.response_key = Some(key);
        self
    }
}

impl<T> Layer<T> for SignatureLayer {
    type Service = SignatureService<T>;

    fn layer(&self, inner: T) -> SignatureService<T> {
        SignatureService {
            inner: BodyLayer.layer(inner),
            responses: self.responses,
            response_key: self.response_key.clone(),
        }
    }
}

/// The service that [`SignatureLayer`] creates.
#[derive(Debug, Clone)]
pub struct SignatureService<T> {
    inner: BodyService<T>,
    responses: Option<u64>,
    response_key: Option<SigningKey>,
}

impl<T> Service<Request<Body>> for SignatureService<T>
where
    T: Service<Request<Body>, Error = Infallible>,
    T::Response: IntoResponse,
    T::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let exchange = match request.extensions().get::<Exchange>() {
            Some(exchange) => exchange.clone(),
            None => {
                let exchange = Exchange::default();
                request.extensions_mut().insert(exchange.clone());
                exchange
            }
        };
        if self.responses.is_some() {
            exchange.set_signs_responses();
        }
        if let Some(key) = &self.response_key {
            exchange.set_response_key(key.clone());
        }
        let is_head = request.method() == Method::HEAD;
        let responses = self.responses;
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer.await?.into_response();
            if response.status() == StatusCode::UNAUTHORIZED {
                for signature in exchange.accepted() {
                    response.headers_mut().append(HeaderName::from_static("accept-signature"), signature);
                }
            }
            match (responses, exchange.signer()) {
                (Some(limit), Some(signer)) => Ok(sign(signer, response, limit, is_head).await),
                _ => Ok(response),
            }
        })
    }
}

async fn sign(signer: &dyn SignResponse, response: Response, limit: u64, is_head: bool) -> Response {
    let (mut head, body) = response.into_parts();
    // RFC 9110 section 6.4.1: such a response has no content, even if the handler returned a body.
    if is_head || matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        signer.sign(&mut head, Some(&[]));
        return Response::from_parts(head, body);
    }
    if body.size_hint().upper().is_none_or(|length| length > limit) {
        signer.sign(&mut head, None);
        return Response::from_parts(head, body);
    }
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => {
            signer.sign(&mut head, Some(&bytes));
            Response::from_parts(head, Body::from(bytes))
        }
        Err(error) => {
            tracing::error!(target: "auth::request", %error, "the body of a response broke off before it could be signed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
