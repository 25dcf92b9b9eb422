//! What holds where a handler does not say it: the default policy of a router state, and its rules.

use std::fmt;
use std::future::{Future, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use http::HeaderValue;
use http::request::Parts;

use crate::chain::Chain;
use crate::declaration::Declaration;
use crate::error::AuthError;
use crate::identity::User;
use crate::permission::{Access, Anonymous};
use crate::policy::{Challenges, Policy, PolicyUser};
use crate::resolved::Resolved;
use crate::state::AuthState;

/// What a router state can name as its [default policy](AuthState::DefaultPolicy): a [`Policy`] for that state, or
/// [`NoDefaultPolicy`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the default policy of the router state `{S}`",
    label = "not a policy for `{S}`",
    note = "name a policy, `#[derive(Policy)] #[policy(chain(..))] struct Defaults;`, or write \
            `type DefaultPolicy = NoDefaultPolicy;`"
)]
pub trait DefaultPolicy<S> {
    /// The same policy for the state in an [`Arc`].
    #[doc(hidden)]
    type InArc: DefaultPolicy<Arc<S>> + ?Sized;
}

#[diagnostic::do_not_recommend]
impl<S: AuthState, P: Policy<S>> DefaultPolicy<S> for P {
    type InArc = ArcPolicy<P>;
}

/// The default policy of a router state that has none: a bare `#[authenticate]` does not compile, and where a handler states no
/// permission or no throttle, there is none.
///
/// The type has no size and no value: that keeps it from being a [`Policy`], whose chain it does not have.
pub struct NoDefaultPolicy(#[allow(dead_code)] [()]);

impl fmt::Debug for NoDefaultPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoDefaultPolicy")
    }
}

impl<S> DefaultPolicy<S> for NoDefaultPolicy {
    type InArc = Self;
}

/// The permission of a default policy, for a chain that identifies a `U`.
///
/// A handler or named policy that states no permission of its own keeps the one of the state's default policy, and does not
/// compile where that does not fit its user. `#[derive(Policy)]` implements this for every user that the permission fits; a policy that is written by hand needs it only where it is a default.
#[diagnostic::on_unimplemented(
    message = "the default permission of the router state `{S}` does not fit the user `{U}`",
    label = "identifies a `{U}`",
    note = "state a permission: `#[permit(..)]` on the handler, or `permit(..)` in `#[policy(..)]`; `AllowAny` lets everybody in",
    note = "to use the default, implement its permission for this user too: `impl Permission<{S}, {U}> for ..`"
)]
pub trait DefaultPermission<S, U> {
    /// Whether there is a permission to ask. Where there is none, [`permit`](Self::permit) is not called.
    const HAS_PERMISSION: bool = true;

    /// What the permission means for anonymous callers, as [`Permission::ANONYMOUS`](crate::Permission::ANONYMOUS).
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
/// A handler or named policy that states no throttles of its own keeps those of the state's default policy, and does not compile
/// where they do not fit it. `#[derive(Policy)]` implements this for every user that the throttles fit;
/// a policy that is written by hand needs it only where it is a default.
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
    /// As [`Refusals::finish`](crate::throttle::Refusals::finish).
    fn throttle<'a>(access: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a;

    /// Asks a chain who the caller is, and finds out what the throttles count by.
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

/// A router state that names a default policy.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the router state `{Self}` names no default policy",
    label = "a bare `#[authenticate]` needs one",
    note = "write the schemes out, as in `#[authenticate(Token, Session)]`, or name a policy in the state's `impl AuthState`: \
            `type DefaultPolicy = ..`"
)]
pub trait NamesDefaultPolicy: AuthState {
    type Policy: Policy<Self>;
}

#[diagnostic::do_not_recommend]
impl<S, P> NamesDefaultPolicy for S
where
    S: AuthState<DefaultPolicy = P>,
    P: Policy<S>,
{
    type Policy = P;
}

/// The policy that the state names as its default: what a bare `#[authenticate]` means.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct StateDefault;

impl<S: NamesDefaultPolicy> Policy<S> for StateDefault {
    type User = PolicyUser<S, S::Policy>;
    type Auth = <S::Policy as Policy<S>>::Auth;

    const CHALLENGES: Challenges = <S::Policy as Policy<S>>::CHALLENGES;
    const HAS_PERMISSION: bool = <S::Policy as Policy<S>>::HAS_PERMISSION;
    const ANONYMOUS: Anonymous = <S::Policy as Policy<S>>::ANONYMOUS;
    const DECLARED: Declaration = <S::Policy as Policy<S>>::DECLARED;

    fn resolve<'a>(
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Result<Resolved<Self::User, Self::Auth>, AuthError>> + Send + 'a {
        S::Policy::resolve(request, state)
    }

    fn challenges(state: &S) -> Vec<Option<HeaderValue>> {
        S::Policy::challenges(state)
    }

    fn first_challenge(state: &S) -> Option<Option<HeaderValue>> {
        S::Policy::first_challenge(state)
    }

    fn permit<'a>(access: &'a Access<'a, S, Self::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        S::Policy::permit(access)
    }

    fn throttle<'a>(access: &'a Access<'a, S, Self::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        S::Policy::throttle(access)
    }
}

/// The policy `P` of a state, for that state in an [`Arc`].
#[doc(hidden)]
#[derive(Debug)]
pub struct ArcPolicy<P>(PhantomData<fn() -> P>);

/// What is asked of the state in the `Arc`.
fn within<'a, S, U>(access: &Access<'a, Arc<S>, U>) -> Access<'a, S, U> {
    let Access { request, identity, state, client } = *access;
    Access { request, identity, state, client }
}

impl<S: AuthState, P: Policy<S>> Policy<Arc<S>> for ArcPolicy<P> {
    type User = P::User;
    type Auth = P::Auth;

    const CHALLENGES: Challenges = P::CHALLENGES;
    const HAS_PERMISSION: bool = P::HAS_PERMISSION;
    const ANONYMOUS: Anonymous = P::ANONYMOUS;
    const DECLARED: Declaration = P::DECLARED;

    fn resolve<'a>(
        request: &'a Parts,
        state: &'a Arc<S>,
    ) -> impl Future<Output = Result<Resolved<P::User, P::Auth>, AuthError>> + Send + 'a {
        P::resolve(request, state)
    }

    fn challenges(state: &Arc<S>) -> Vec<Option<HeaderValue>> {
        P::challenges(state)
    }

    fn first_challenge(state: &Arc<S>) -> Option<Option<HeaderValue>> {
        P::first_challenge(state)
    }

    async fn permit<'a>(access: &'a Access<'a, Arc<S>, P::User>) -> Result<(), AuthError> {
        P::permit(&within(access)).await
    }

    async fn throttle<'a>(access: &'a Access<'a, Arc<S>, P::User>) -> Result<(), AuthError> {
        P::throttle(&within(access)).await
    }
}

impl<S, U, P> DefaultPermission<Arc<S>, U> for ArcPolicy<P>
where
    S: AuthState,
    U: User,
    P: DefaultPermission<S, U> + 'static,
{
    const HAS_PERMISSION: bool = P::HAS_PERMISSION;
    const ANONYMOUS: Anonymous = P::ANONYMOUS;
    const DECLARED: Option<&'static str> = P::DECLARED;

    async fn permit<'a>(access: &'a Access<'a, Arc<S>, U>) -> Result<(), AuthError> {
        P::permit(&within(access)).await
    }
}

impl<S, U, A, P> DefaultThrottles<Arc<S>, U, A> for ArcPolicy<P>
where
    S: AuthState,
    U: User,
    A: 'static,
    P: DefaultThrottles<S, U, A> + 'static,
{
    const DECLARED: Option<&'static str> = P::DECLARED;

    async fn throttle<'a>(access: &'a Access<'a, Arc<S>, U>) -> Result<(), AuthError> {
        P::throttle(&within(access)).await
    }

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
        P::resolve(chain, request, state, pick)
    }
}
