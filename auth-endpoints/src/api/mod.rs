//! The endpoints under this project's own paths.

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

/// Creates the endpoints of the [table](crate) for callers that the policy `P` identifies.
///
/// Declare the policy as a chain with `permit(IsAuthenticated)`. `login/` does not use it: a stale token in `Authorization`
/// must not prevent its owner from logging in.
pub fn endpoints<S, P>() -> Router<S>
where
    S: Application,
    P: Callers<S>,
{
    routes::<S, P>().into_router()
}

/// Creates [`endpoints`] for an [audited](auth_runtime::audit) application. Anonymous callers can only call `POST login/`.
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

/// Adds the layers that all answers need.
fn finished<S: Application>(routes: Routes<S>) -> Routes<S> {
    routes.method_not_allowed_fallback(other_method::<S>).layer(map_response(uncached))
}

async fn other_method<S: Application>(State(state): State<S>, request: Parts) -> Rejection {
    Rejection::without_chain(method_not_allowed(&request.method), &request, &state)
}
