//! [`BodyLayer`]: holds bodies back until they are verified.

use std::task::{Context, Poll};

use axum::body::Body;
use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use super::held::RequestBody;

/// A tower layer that holds back the body of each request, for schemes that verify it.
///
/// It reads nothing itself and costs one allocation or two a request. Put it on the router as the last layer, so that it
/// stands around everything.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct BodyLayer;

impl<T> Layer<T> for BodyLayer {
    type Service = BodyService<T>;

    fn layer(&self, inner: T) -> BodyService<T> {
        BodyService { inner }
    }
}

/// What [`BodyLayer`] puts around a service.
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
        // Two layers must not hold each other's: what the outer one holds is the body that comes from outside.
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
