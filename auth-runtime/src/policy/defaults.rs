//! The default policy of a router state, and its rules.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use http::HeaderValue;
use http::request::Parts;

use super::contract::{Policy, PolicyUser};
use super::declaration::Declaration;
use super::default_rules::{DefaultPermission, DefaultThrottles};
use super::steps::Challenges;
use crate::context::default_policy::DefaultPolicy;
use crate::context::state::AuthState;
use crate::identity::{Access, User};
use crate::policy::permission::Anonymous;
use crate::refusal::AuthError;
use crate::scheme::chain::Chain;
use crate::scheme::resolved::Resolved;

#[diagnostic::do_not_recommend]
impl<S: AuthState, P: Policy<S>> DefaultPolicy<S> for P {
    type InArc = ArcPolicy<P>;
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

/// The default policy of the state: what a bare `#[authenticate]` means.
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

/// Returns the same access for the state inside the `Arc`.
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
