//! The endpoints under paths of this project's own.

mod clients;
mod login;
mod logins;
mod tokens;

use auth_runtime::Rejection;
use axum::Router;
use axum::extract::State;
use axum::http::request::Parts;
use axum::middleware::map_response;
use axum::routing::{get, patch, post};

pub use self::clients::clients;
use crate::body::{method_not_allowed, uncached};
use crate::caller::{Application, Callers};

/// The endpoints of the [table](crate), for the callers whom the policy `P` identifies.
///
/// Name the policy as a chain with `permit(IsAuthenticated)`. `login/` takes no part in it: a stale token in
/// `Authorization` does not keep its owner from logging in.
pub fn endpoints<S, P>() -> Router<S>
where
    S: Application,
    P: Callers<S>,
{
    let router = Router::new()
        .route("/login/", post(login::log_in::<S>))
        .route("/obtain/", post(login::obtain::<S, P>))
        .route("/renew/", post(login::renew::<S, P>))
        .route("/logout/", post(login::log_out::<S, P>))
        .route("/logout/all/", post(login::log_out_everywhere::<S, P>))
        .route("/logins/", get(logins::list::<S, P>))
        .route("/logins/{id}/", patch(logins::rename::<S, P>).delete(logins::end::<S, P>))
        .route("/tokens/", get(tokens::list::<S, P>).post(tokens::create::<S, P>))
        .route("/tokens/{id}/", patch(tokens::rename::<S, P>).delete(tokens::revoke::<S, P>));
    finished(router)
}

/// The router, with what all its answers have in common.
fn finished<S: Application>(router: Router<S>) -> Router<S> {
    router.method_not_allowed_fallback(other_method::<S>).layer(map_response(uncached))
}

async fn other_method<S: Application>(State(state): State<S>, request: Parts) -> Rejection {
    Rejection::without_chain(method_not_allowed(&request.method), &request, &state)
}
