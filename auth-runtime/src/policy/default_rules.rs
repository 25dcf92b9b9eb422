//! The permission and the throttles of a default policy: [`DefaultPermission`] and [`DefaultThrottles`].

use std::future::{Future, ready};

use http::request::Parts;

use crate::context::default_policy::NoDefaultPolicy;
use crate::identity::Access;
use crate::policy::permission::Anonymous;
use crate::refusal::AuthError;
use crate::scheme::chain::Chain;
use crate::scheme::resolved::Resolved;

/// The permission of a default policy, for a chain that identifies a `U`.
///
/// A handler or named policy that states no permission keeps the one of the state's default policy. It does not compile if that
/// permission does not fit its user. `#[derive(Policy)]` implements this for every user that the permission fits. A policy that
/// is written by hand only needs it if it is a default.
#[diagnostic::on_unimplemented(
    message = "the default permission of the router state `{S}` does not fit the user `{U}`",
    label = "identifies a `{U}`",
    note = "state a permission: `#[permit(..)]` on the handler, or `permit(..)` in `#[policy(..)]`; `AllowAny` lets everybody in",
    note = "to use the default, implement its permission for this user too: `impl Permission<{S}, {U}> for ..`"
)]
pub trait DefaultPermission<S, U> {
    /// Whether there is a permission. If not, [`permit`](Self::permit) is not called.
    const HAS_PERMISSION: bool = true;

    /// What the permission decides about anonymous callers, as [`Permission::ANONYMOUS`](crate::Permission::ANONYMOUS).
    const ANONYMOUS: Anonymous = Anonymous::UNKNOWN;

    /// The permission as it was written, for audits and documents.
    const DECLARED: Option<&'static str> = None;

    /// Asks the permission.
    ///
    /// # Errors
    ///
    /// As [`Permission::has_permission`](crate::Permission::has_permission).
    fn permit<'a>(access: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a;
}

/// The throttles of a default policy, for a chain that identifies a `U` by the credentials `A`.
///
/// A handler or named policy that states no throttles keeps those of the state's default policy. It does not compile if they do
/// not fit it. `#[derive(Policy)]` implements this for every user that the throttles fit. A policy that is written by hand only
/// needs it if it is a default.
#[diagnostic::on_unimplemented(
    message = "the default throttles of the router state `{S}` do not fit the user `{U}` with the credentials `{A}`",
    label = "identifies a `{U}`",
    note = "state throttles: `#[throttle(..)]` on the handler, or `throttle(..)` in `#[policy(..)]`; `#[throttle(none)]` goes without",
    note = "to use the defaults, implement them for this user too: `impl Throttle<{S}, {U}> for ..`; a default `client = \"..\"` \
            needs `LoginCredentials` for the credentials"
)]
pub trait DefaultThrottles<S, U, A> {
    /// The throttles as they were written, for audits and documents.
    const DECLARED: Option<&'static str> = None;

    /// Asks the throttles.
    ///
    /// # Errors
    ///
    /// As [`Rejections::finish`](crate::throttle::Rejections::finish).
    fn throttle<'a>(access: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a;

    /// Asks a chain for the caller, and finds out what the throttles count by.
    #[doc(hidden)]
    fn resolve<'a, R, C, T>(
        chain: &'a C,
        request: &'a Parts,
        state: &'a R,
        pick: impl Fn(A) -> Option<T> + Send + Sync + 'a,
    ) -> impl Future<Output = Result<Resolved<U, T>, AuthError>> + Send + 'a
    where
        R: Sync,
        C: Chain<R, User = U, Auth = A>,
        T: Send + 'a,
    {
        chain.resolve_picked(request, state, pick)
    }
}

impl<S, U> DefaultPermission<S, U> for NoDefaultPolicy {
    const HAS_PERMISSION: bool = false;
    const ANONYMOUS: Anonymous = Anonymous::ALLOWED;

    fn permit<'a>(_: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        ready(Ok(()))
    }
}

impl<S, U, A> DefaultThrottles<S, U, A> for NoDefaultPolicy {
    fn throttle<'a>(_: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        ready(Ok(()))
    }
}
