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

/// A policy that states a permission, so that it can [guard a router](guard).
///
/// `#[derive(Policy)]` implements it for `permit(..)`. Without a permission, a chain accepts every anonymous caller.
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
/// A handler's own declaration is checked after the guard, so a guard can only close routes, never open them: a handler behind
/// a guard for staff is only for staff, whatever it declares. Routes that are added to the router afterwards are not guarded.
/// Unknown paths stay 404 for every caller, unless the router has its own fallback.
///
/// If the handler declares something too, a caller is authenticated twice. A guard reads no bodies: with
/// [`CsrfMode::Token`](crate::settings::CsrfMode::Token), a logged-in browser must send the token in the header, not in a form.
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
    // A layer also guards the router's own fallback; the merge replaces a guarded 404 with axum's own.
    router.layer(from_fn_with_state(state.clone(), check::<P, S>)).merge(Router::new())
}

async fn check<P: Policy<S>, S: AuthState>(State(state): State<S>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Auth::<Ignored, P>::from_request_parts(&mut parts, &state).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(rejection) => rejection.into_response(),
    }
}
