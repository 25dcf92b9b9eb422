//! Policies as values, so that handlers whose policies only differ in values share compiled code.

use std::future::Future;

use http::HeaderValue;
use http::request::Parts;

use crate::identity::{Access, User};
use crate::policy::permission::Anonymous;
use crate::refusal::AuthError;
use crate::scheme::resolved::Resolved;

/// The steps of a [`Policy`](crate::Policy), as a value.
pub trait Steps<S>: Copy + Send + Sync + 'static {
    type User: User;
    type Auth: Send + 'static;

    const HAS_PERMISSION: bool;
    const ANONYMOUS: Anonymous;

    /// [`Policy::CHALLENGES`](crate::Policy::CHALLENGES).
    fn which_challenges(self) -> Challenges;

    /// [`Policy::VERIFIES_CSRF_FORM`](crate::Policy::VERIFIES_CSRF_FORM).
    fn verifies_csrf_form(self) -> bool;

    fn resolve<'a>(
        self,
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Result<Resolved<Self::User, Self::Auth>, AuthError>> + Send + 'a;

    fn challenges(self, state: &S) -> Vec<Option<HeaderValue>>;

    fn first_challenge(self, state: &S) -> Option<Option<HeaderValue>>;

    fn permit<'a>(
        self,
        access: &'a Access<'a, S, Self::User>,
    ) -> impl Future<Output = Result<(), AuthError>> + Send + 'a;

    fn throttle<'a>(
        self,
        access: &'a Access<'a, S, Self::User>,
    ) -> impl Future<Output = Result<(), AuthError>> + Send + 'a;
}

/// Which challenges a 401 carries. Only the first scheme decides whether it is a 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Challenges {
    /// The challenge of the first scheme.
    First,
    /// The challenges of all schemes that have one (RFC 9110 section 11.6.1).
    All,
}
