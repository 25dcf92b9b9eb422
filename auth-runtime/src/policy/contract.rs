//! What a handler demands of its caller: [`Policy`].

use std::future::{Future, ready};
use std::marker::PhantomData;

use http::HeaderValue;
use http::request::Parts;

use super::declaration::Declaration;
use super::steps::{Challenges, Steps};
use crate::identity::{Access, Caller, User};
use crate::policy::permission::Anonymous;
use crate::refusal::AuthError;
use crate::scheme::resolved::Resolved;

/// A chain, the permission after it, and how refusals are answered.
///
/// `#[authenticate(..)]` creates one per handler. `#[derive(Policy)]` with `#[policy(chain(..))]` creates a named one, for
/// `#[authenticate(policy = Name)]`, for a generic handler, or as the default of a state.
///
/// A policy written by hand looks like the output of the derive: a [`Chain`](crate::Chain) in a `static`, and a
/// [`Permission`](crate::Permission).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for the router state `{S}`",
    label = "not a policy here",
    note = "to name a policy, write `#[derive(Policy)] #[policy(chain(..))] struct Name;`; one with `state = ..` is for that \
            state alone",
    note = "schemes are not named by `policy`: write them out, as in `#[authenticate(Token, Session)]`"
)]
pub trait Policy<S>: Send + Sync + 'static {
    /// The type of the user.
    type User: User;
    /// The credentials that the handler can take.
    type Auth: Send + 'static;

    /// Which challenges a 401 carries.
    const CHALLENGES: Challenges = Challenges::First;
    /// Whether the handler takes [`CsrfForm`](crate::CsrfForm), which verifies what a scheme could not.
    ///
    /// Set it only in the policy of a single handler. In a shared policy, handlers that do not take the form would be left
    /// unchecked.
    const VERIFIES_CSRF_FORM: bool = false;

    /// Whether there is a permission. If not, [`permit`](Self::permit) is not called.
    const HAS_PERMISSION: bool = true;

    /// What the permission decides about anonymous callers, as [`Permission::ANONYMOUS`](crate::Permission::ANONYMOUS).
    /// [`Anonymous::ALLOWED`] if there is no permission. Unknown by default, and enforced like that of a permission.
    const ANONYMOUS: Anonymous = Anonymous::UNKNOWN;

    /// What is declared, for audits and documents.
    const DECLARED: Declaration = Declaration::UNKNOWN;

    /// Asks the chain for the caller.
    ///
    /// # Errors
    ///
    /// As [`Chain::resolve`](crate::Chain::resolve).
    fn resolve<'a>(
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Result<Resolved<Self::User, Self::Auth>, AuthError>> + Send + 'a;

    /// Returns the challenges of the chain: [`Chain::challenges`](crate::Chain::challenges).
    fn challenges(state: &S) -> Vec<Option<HeaderValue>>;

    /// Returns only the first challenge: [`Chain::first_challenge`](crate::Chain::first_challenge).
    fn first_challenge(state: &S) -> Option<Option<HeaderValue>> {
        Self::challenges(state).into_iter().next()
    }

    /// Asks the permission.
    ///
    /// # Errors
    ///
    /// As [`Permission::has_permission`](crate::Permission::has_permission).
    fn permit<'a>(access: &'a Access<'a, S, Self::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a;

    /// Asks the throttles. By default there are none.
    ///
    /// # Errors
    ///
    /// As [`Rejections::finish`](crate::throttle::Rejections::finish).
    fn throttle<'a>(_: &'a Access<'a, S, Self::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        ready(Ok(()))
    }

    /// Returns the policy as a value, which several policies may share.
    #[doc(hidden)]
    fn steps() -> impl Steps<S, User = Self::User, Auth = Self::Auth>
    where
        Self: Sized,
    {
        PolicySteps::<Self>::new()
    }
}

/// The user of a policy.
pub type PolicyUser<S, P> = <P as Policy<S>>::User;

/// The steps of a policy that shares none with other policies.
#[derive(Debug)]
pub(crate) struct PolicySteps<P>(PhantomData<fn() -> P>);

impl<P> PolicySteps<P> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<P> Clone for PolicySteps<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for PolicySteps<P> {}

impl<S, P: Policy<S>> Steps<S> for PolicySteps<P> {
    type User = P::User;
    type Auth = P::Auth;

    const HAS_PERMISSION: bool = P::HAS_PERMISSION;
    const ANONYMOUS: Anonymous = P::ANONYMOUS;

    fn which_challenges(self) -> Challenges {
        P::CHALLENGES
    }

    fn verifies_csrf_form(self) -> bool {
        P::VERIFIES_CSRF_FORM
    }

    fn resolve<'a>(
        self,
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Result<Resolved<P::User, P::Auth>, AuthError>> + Send + 'a {
        P::resolve(request, state)
    }

    fn challenges(self, state: &S) -> Vec<Option<HeaderValue>> {
        P::challenges(state)
    }

    fn first_challenge(self, state: &S) -> Option<Option<HeaderValue>> {
        P::first_challenge(state)
    }

    fn permit<'a>(self, access: &'a Access<'a, S, P::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        P::permit(access)
    }

    fn throttle<'a>(
        self,
        access: &'a Access<'a, S, P::User>,
    ) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        P::throttle(access)
    }
}

impl Declaration {
    /// Returns the declaration of the policy `P`, with what its types state about anonymous callers.
    ///
    /// The audit uses this: [`Policy::DECLARED`] by itself is only text. What a handler does with its caller depends on its
    /// arguments, not on a policy.
    pub const fn of_policy<S, P: Policy<S>>() -> Self {
        Self { anonymous: P::ANONYMOUS, caller: Caller::Ignored, ..P::DECLARED }
    }
}
