//! [`guard`]: a policy in front of a whole router.

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use super::allow_anonymous::AllowAnonymous;
use super::contract::Policy;
use super::defaults::{NamesDefaultPolicy, StateDefault};
use super::extract::Auth;
use crate::context::state::AuthState;
use crate::identity::Ignored;

/// A policy that states a permission, so that it can stand [in front of a router](guard).
///
/// `#[derive(Policy)]` implements it where it says `permit(..)`. Without a permission a chain lets every anonymous caller in.
#[diagnostic::on_unimplemented(
    message = "`{Self}` states no permission, so a guard with it would let every anonymous caller in",
    label = "this policy has no `permit(..)`",
    note = "add the permission: `#[policy(chain(..), permit(IsAuthenticated))] struct {Self};`",
    note = "to let everybody in who sends no wrong credentials, write `permit(AllowAny)`",
    note = "for a policy that is written by hand, add `impl StatesPermission<{S}> for {Self} {{}}`"
)]
pub trait StatesPermission<S> {}

impl<S> StatesPermission<S> for AllowAnonymous {}

impl<S: NamesDefaultPolicy> StatesPermission<S> for StateDefault where S::Policy: StatesPermission<S> {}

/// Puts the policy `P` in front of every route of `router` and of its fallback: the chain, the permission and the throttles.
///
/// What a handler declares is checked after it, so that a guard closes and never opens: a handler behind a guard that lets in
/// the staff alone is for the staff, whatever it says itself. Routes that are added to the router afterwards are not guarded.
/// Paths that are no route stay 404 for everybody, unless the router has a fallback of its own.
///
/// A caller is authenticated twice where the handler declares something too. A guard reads no bodies: where
/// [`CsrfMode::Token`](crate::settings::CsrfMode::Token) is set, the token of a logged-in browser must be in the header,
/// not in a form.
///
/// ```
/// use auth_runtime::permission::IsStaff;
/// use auth_runtime::scheme::Token;
/// use auth_runtime::store::TokenStore;
/// use auth_runtime::{AuthState, Policy, guard};
/// use axum::{Router, routing::get};
///
/// #[derive(Policy)]
/// #[policy(chain(Token(keyword = "Bearer")), permit(IsStaff), throttle(user = "1000/hour"))]
/// struct Staff;
///
/// fn internal<S: AuthState>(state: &S) -> Router<S>
/// where
///     S::Backend: TokenStore,
/// {
///     guard::<Staff, S>(Router::new().route("/metrics", get(async || "figures")), state)
/// }
/// ```
///
/// A policy without a permission does not compile:
///
/// ```compile_fail
/// # use auth_runtime::{AuthState, Policy, guard, scheme::Token, store::TokenStore};
/// # use axum::Router;
/// #[derive(Policy)]
/// #[policy(chain(Token))]
/// struct Open;
///
/// fn internal<S: AuthState>(router: Router<S>, state: &S) -> Router<S>
/// where
///     S::Backend: TokenStore,
/// {
///     guard::<Open, S>(router, state)
/// }
/// ```
pub fn guard<P, S>(router: Router<S>, state: &S) -> Router<S>
where
    P: Policy<S> + StatesPermission<S>,
    S: AuthState,
{
    const { assert!(P::HAS_PERMISSION, "a policy that states a permission has `HAS_PERMISSION = false`") };
    // A layer, so that a fallback of the router's own is guarded; the merge replaces a guarded 404 with axum's own.
    router.layer(from_fn_with_state(state.clone(), check::<P, S>)).merge(Router::new())
}

async fn check<P: Policy<S>, S: AuthState>(State(state): State<S>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Auth::<Ignored, P>::from_request_parts(&mut parts, &state).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(rejection) => rejection.into_response(),
    }
}
