//! The policy that `#[authenticate(..)]` generates for a handler.

use std::future::Future;
use std::marker::PhantomData;

use http::HeaderValue;
use http::request::Parts;

use super::contract::Policy;
use super::declaration::Declaration;
use super::default_rules::{DefaultPermission, DefaultThrottles};
use super::steps::{Challenges, Steps};
use crate::context::default_policy::NoDefaultPolicy;
use crate::context::state::AuthState;
use crate::identity::{Access, User};
use crate::policy::permission::{Anonymous, Permission};
use crate::refusal::AuthError;
use crate::scheme::chain::Chain;
use crate::scheme::resolved::Resolved;

/// The permission of a policy, if it has one.
pub trait OptionalPermission<S, U>: Send + Sync + 'static {
    const ASKS: bool;
    const ANONYMOUS: Anonymous;

    fn ask<'a>(&'a self, access: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a;
}

/// A permission that is stated.
#[derive(Debug)]
pub struct SomePermission<M>(pub M);

impl<S, U, M: Permission<S, U>> OptionalPermission<S, U> for SomePermission<M> {
    const ASKS: bool = true;
    const ANONYMOUS: Anonymous = M::ANONYMOUS;

    fn ask<'a>(&'a self, access: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        self.0.has_permission(access)
    }
}

/// The permission of the state's default policy, for a handler or named policy that states none.
#[derive(Debug)]
pub struct StatePermission;

impl<S, U> OptionalPermission<S, U> for StatePermission
where
    S: AuthState,
    S::DefaultPolicy: DefaultPermission<S, U>,
{
    const ASKS: bool = S::DefaultPolicy::HAS_PERMISSION;
    const ANONYMOUS: Anonymous = S::DefaultPolicy::ANONYMOUS;

    fn ask<'a>(&'a self, access: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        S::DefaultPolicy::permit(access)
    }
}

/// The source of the throttles behind a chain that states none itself.
pub trait ThrottleSource<S>: Send + Sync + 'static {
    type Policy: ?Sized;
}

/// Uses the throttles of the state's default policy.
#[derive(Debug)]
pub struct StateThrottles;

impl<S: AuthState> ThrottleSource<S> for StateThrottles {
    type Policy = S::DefaultPolicy;
}

/// Uses no throttles: `#[throttle(none)]`.
#[derive(Debug)]
pub struct NoThrottles;

impl<S> ThrottleSource<S> for NoThrottles {
    type Policy = NoDefaultPolicy;
}

/// A chain that is written out, and its rules.
#[derive(Debug)]
pub struct StaticPolicy<C, M, T> {
    pub chain: C,
    pub permission: M,
    pub throttles: T,
    pub challenges: Challenges,
    pub verifies_csrf_form: bool,
}

impl<C, M, T> StaticPolicy<C, M, T> {
    /// Returns its steps, with the credentials that `pick` takes.
    pub const fn picked<F>(&'static self, pick: F) -> SelectedPolicy<C, M, T, F> {
        SelectedPolicy { written: self, pick }
    }
}

/// The steps of a chain that is written out.
#[derive(Debug)]
pub struct SelectedPolicy<C: 'static, M: 'static, T: 'static, F> {
    written: &'static StaticPolicy<C, M, T>,
    pick: F,
}

impl<C, M, T, F: Copy> Clone for SelectedPolicy<C, M, T, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, M, T, F: Copy> Copy for SelectedPolicy<C, M, T, F> {}

impl<S, C, M, T, F, A> Steps<S> for SelectedPolicy<C, M, T, F>
where
    S: Sync,
    C: Chain<S>,
    M: OptionalPermission<S, C::User>,
    T: ThrottleSource<S>,
    T::Policy: DefaultThrottles<S, C::User, C::Auth>,
    F: Fn(C::Auth) -> Option<A> + Copy + Send + Sync + 'static,
    A: Send + 'static,
{
    type User = C::User;
    type Auth = A;

    const HAS_PERMISSION: bool = M::ASKS;
    const ANONYMOUS: Anonymous = M::ANONYMOUS;

    fn which_challenges(self) -> Challenges {
        self.written.challenges
    }

    fn verifies_csrf_form(self) -> bool {
        self.written.verifies_csrf_form
    }

    fn resolve<'a>(
        self,
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Result<Resolved<C::User, A>, AuthError>> + Send + 'a {
        <T::Policy as DefaultThrottles<S, C::User, C::Auth>>::resolve(&self.written.chain, request, state, self.pick)
    }

    fn challenges(self, state: &S) -> Vec<Option<HeaderValue>> {
        self.written.chain.challenges(state)
    }

    fn first_challenge(self, state: &S) -> Option<Option<HeaderValue>> {
        self.written.chain.first_challenge(state)
    }

    fn permit<'a>(self, access: &'a Access<'a, S, C::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        self.written.permission.ask(access)
    }

    fn throttle<'a>(
        self,
        access: &'a Access<'a, S, C::User>,
    ) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        <T::Policy as DefaultThrottles<S, C::User, C::Auth>>::throttle(access)
    }
}

/// The steps of a handler's own declaration, and nothing else, since rustc checks each method of each policy, and its future
/// takes most of that time.
pub trait HandlerPolicy<S>: Send + Sync + 'static {
    type User: User;
    type Auth: Send + 'static;

    const CHALLENGES: Challenges;
    const VERIFIES_CSRF_FORM: bool;
    const HAS_PERMISSION: bool;
    const ANONYMOUS: Anonymous;
    const DECLARED: Declaration;

    fn steps() -> impl Steps<S, User = Self::User, Auth = Self::Auth>;
}

/// The policy that `#[authenticate(..)]` generated for the handler `H`.
#[derive(Debug)]
pub struct PolicyOfHandler<H>(PhantomData<fn() -> H>);

impl<S, H: HandlerPolicy<S>> Policy<S> for PolicyOfHandler<H> {
    type User = H::User;
    type Auth = H::Auth;

    const CHALLENGES: Challenges = H::CHALLENGES;
    const VERIFIES_CSRF_FORM: bool = H::VERIFIES_CSRF_FORM;
    const HAS_PERMISSION: bool = H::HAS_PERMISSION;
    const ANONYMOUS: Anonymous = H::ANONYMOUS;
    const DECLARED: Declaration = H::DECLARED;

    fn resolve<'a>(
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Result<Resolved<H::User, H::Auth>, AuthError>> + Send + 'a {
        H::steps().resolve(request, state)
    }

    fn challenges(state: &S) -> Vec<Option<HeaderValue>> {
        H::steps().challenges(state)
    }

    fn first_challenge(state: &S) -> Option<Option<HeaderValue>> {
        H::steps().first_challenge(state)
    }

    fn permit<'a>(access: &'a Access<'a, S, H::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        H::steps().permit(access)
    }

    fn throttle<'a>(access: &'a Access<'a, S, H::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        H::steps().throttle(access)
    }

    fn steps() -> impl Steps<S, User = H::User, Auth = H::Auth> {
        H::steps()
    }
}
