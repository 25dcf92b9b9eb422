//! The endpoints under paths of this project's own.

mod clients;
mod login;
mod logins;
mod tokens;

use auth_runtime::Rejection;
use auth_runtime::audit::{Routes, get, patch, post};
use axum::Router;
use axum::extract::State;
use axum::http::request::Parts;
use axum::middleware::map_response;

pub use self::clients::{client_routes, clients};
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
    routes::<S, P>().into_router()
}

/// [`endpoints`] for an [audited](auth_runtime::audit) application. Anonymous callers may come in to `POST login/` alone.
///
/// ```
/// use auth_runtime::audit::Routes;
/// # use auth_runtime::permission::IsAuthenticated;
/// # use auth_runtime::scheme::Token;
/// # use auth_runtime::{AuthContext, Policy};
/// # use auth_store::MemoryStore;
/// # type App = AuthContext<MemoryStore>;
/// # #[derive(Policy)]
/// # #[policy(chain(Token(keyword = "Bearer")), permit(IsAuthenticated))]
/// # struct Api;
/// let routes = Routes::<App>::new().nest("/auth", auth_endpoints::routes::<App, Api>());
/// routes.audit().assert_public(&["POST /auth/login/"]);
/// ```
pub fn routes<S, P>() -> Routes<S>
where
    S: Application,
    P: Callers<S>,
{
    let routes = Routes::new()
        .route("/login/", post(login::log_in::<S>))
        .route("/obtain/", post(login::obtain::<S, P>))
        .route("/renew/", post(login::renew::<S, P>))
        .route("/logout/", post(login::log_out::<S, P>))
        .route("/logout/all/", post(login::log_out_everywhere::<S, P>))
        .route("/logins/", get(logins::list::<S, P>))
        .route("/logins/{id}/", patch(logins::rename::<S, P>).delete(logins::end::<S, P>))
        .route("/tokens/", get(tokens::list::<S, P>).post(tokens::create::<S, P>))
        .route("/tokens/{id}/", patch(tokens::rename::<S, P>).delete(tokens::revoke::<S, P>));
    finished(routes)
}

/// The routes, with what all their answers have in common.
fn finished<S: Application>(routes: Routes<S>) -> Routes<S> {
    routes.method_not_allowed_fallback(other_method::<S>).layer(map_response(uncached))
}

async fn other_method<S: Application>(State(state): State<S>, request: Parts) -> Rejection {
    Rejection::without_chain(method_not_allowed(&request.method), &request, &state)
}
