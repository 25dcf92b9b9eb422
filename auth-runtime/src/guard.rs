//! [`guard`]: a policy in front of a whole router.

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::extract::Auth;
use crate::identity::Unread;
use crate::policy::Policy;
use crate::state::AuthState;

/// Puts the policy `P` in front of every route of `router`: its chain, its permission and its throttles.
///
/// What a handler declares holds as well, after it, so that a guard closes and never opens: a handler behind a guard that lets
/// in the staff alone is for the staff, whatever it says itself. Paths that are no route stay 404 for everybody.
///
/// A caller is asked for twice where the handler declares something too. A guard reads no bodies: where
/// [`CsrfMode::Token`](crate::settings::CsrfMode::Token) is set, the token of a logged-in browser must be in the header,
/// not in a form.
///
/// ```
/// use auth_runtime::permission::IsStaff;
/// use auth_runtime::scheme::Token;
/// use auth_runtime::store::TokenStore;
/// use auth_runtime::{AuthState, Authenticator, guard};
/// use axum::{Router, routing::get};
///
/// #[derive(Authenticator)]
/// #[authenticator(chain(Token(keyword = "Bearer")), permit(IsStaff), throttle(user = "1000/hour"))]
/// struct Staff;
///
/// fn internal<S: AuthState>(state: &S) -> Router<S>
/// where
///     S::Backend: TokenStore,
/// {
///     guard::<Staff, S>(Router::new().route("/metrics", get(async || "figures")), state)
/// }
/// ```
pub fn guard<P, S>(router: Router<S>, state: &S) -> Router<S>
where
    P: Policy<S>,
    S: AuthState,
{
    router.route_layer(from_fn_with_state(state.clone(), check::<P, S>))
}

async fn check<P: Policy<S>, S: AuthState>(State(state): State<S>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Auth::<Unread, P>::from_request_parts(&mut parts, &state).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(rejection) => rejection.into_response(),
    }
}
