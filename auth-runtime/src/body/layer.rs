//! [`BodyLayer`]: holds bodies back until they are verified.

use std::task::{Context, Poll};

use axum::body::Body;
use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use super::held::RequestBody;

/// A tower layer that holds back the body of each request, for schemes that verify it.
///
/// It reads nothing itself and costs one or two allocations per request. Add it to the router as the last layer, so that it is
/// around everything else.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct BodyLayer;

impl<T> Layer<T> for BodyLayer {
    type Service = BodyService<T>;

    fn layer(&self, inner: T) -> BodyService<T> {
        BodyService { inner }
    }
}

/// The service that [`BodyLayer`] wraps around another one.
#[derive(Debug, Clone)]
pub struct BodyService<T> {
    inner: T,
}

impl<T: Service<Request<Body>>> Service<Request<Body>> for BodyService<T> {
    type Response = T::Response;
    type Error = T::Error;
    type Future = T::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> T::Future {
        let (mut parts, body) = request.into_parts();
        // With two layers, the inner one must not hold back the replacement of the outer one: the outer one holds the real
        // body.
        let body = match parts.extensions.get::<RequestBody>() {
            Some(_) => body,
            None => {
                let (held, handed_out) = RequestBody::hold(body);
                parts.extensions.insert(held);
                handed_out
            }
        };
        self.inner.call(Request::from_parts(parts, body))
    }
}
