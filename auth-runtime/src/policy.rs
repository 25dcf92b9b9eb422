//! What a handler demands of its caller: [`Policy`].

use std::future::{Future, ready};

use http::HeaderValue;
use http::request::Parts;

use crate::declaration::Declaration;
use crate::defaults::{DefaultPermission, DefaultThrottles};
use crate::error::{AuthError, ErrorKind};
use crate::identity::{Nobody, User};
use crate::permission::{Access, Anonymous};
use crate::resolved::Resolved;
use crate::response::Answer;
use crate::state::AuthState;
use crate::steps::{OfPolicy, Steps};

/// A chain, the permission behind it, and how refusals are answered.
///
/// `#[authenticate(..)]` makes one per handler. `#[derive(Policy)]` with `#[policy(chain(..))]` makes a
/// named one, for `#[authenticate(policy = Name)]`, for a generic handler, or as the default of a state.
///
/// By hand it is what the derive writes: a [`Chain`](crate::Chain) in a `static`, and a
/// [`Permission`](crate::Permission).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for the router state `{S}`",
    label = "not a policy here",
    note = "to name a policy, write `#[derive(Policy)] #[policy(chain(..))] struct Name;`; one with `state = ..` is for that \
            state alone",
    note = "schemes are not named by `policy`: write them out, as in `#[authenticate(Token, Session)]`"
)]
pub trait Policy<S>: Send + Sync + 'static {
    /// Who the caller is.
    type User: User;
    /// The credentials that are handed on.
    type Auth: Send + 'static;

    /// Which challenges a 401 carries.
    const CHALLENGES: Challenges = Challenges::First;
    /// Whether the handler takes [`CsrfForm`](crate::CsrfForm), which verifies what a scheme could not.
    ///
    /// True in the policy of one handler only: in a policy of several it would leave those unchecked that do not take it.
    const VERIFIES_CSRF_FORM: bool = false;

    /// Whether there is a permission to ask. Where there is none, [`permit`](Self::permit) is not called.
    const HAS_PERMISSION: bool = true;

    /// What the permission decides about anonymous callers, as [`Permission::ANONYMOUS`](crate::Permission::ANONYMOUS):
    /// [`Anonymous::ALLOWED`] where there is no permission. Not known unless said, and enforced like that of a permission.
    const ANONYMOUS: Anonymous = Anonymous::UNKNOWN;

    /// What is declared, for audits and documents.
    const DECLARED: Declaration = Declaration::UNKNOWN;

    /// Asks the chain who the caller is.
    ///
    /// # Errors
    ///
    /// As [`Chain::resolve`](crate::Chain::resolve).
    fn resolve<'a>(
        request: &'a Parts,
        state: &'a S,
    ) -> impl Future<Output = Result<Resolved<Self::User, Self::Auth>, AuthError>> + Send + 'a;

    /// The challenges of the chain: [`Chain::challenges`](crate::Chain::challenges).
    fn challenges(state: &S) -> Vec<Option<HeaderValue>>;

    /// The first of them alone: [`Chain::first_challenge`](crate::Chain::first_challenge).
    fn first_challenge(state: &S) -> Option<Option<HeaderValue>> {
        Self::challenges(state).into_iter().next()
    }

    /// Asks the permission.
    ///
    /// # Errors
    ///
    /// As [`Permission::has_permission`](crate::Permission::has_permission).
    fn permit<'a>(access: &'a Access<'a, S, Self::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a;

    /// Asks the throttles. There are none, unless said.
    ///
    /// # Errors
    ///
    /// As [`Refusals::finish`](crate::throttle::Refusals::finish).
    fn throttle<'a>(_: &'a Access<'a, S, Self::User>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        ready(Ok(()))
    }

    /// The same as a value, which policies may have in common.
    #[doc(hidden)]
    fn steps() -> impl Steps<S, User = Self::User, Auth = Self::Auth>
    where
        Self: Sized,
    {
        OfPolicy::<Self>::new()
    }
}

/// The user of a policy.
pub type PolicyUser<S, P> = <P as Policy<S>>::User;

/// Which challenges a 401 carries. Whether it is a 401 is decided by the first scheme alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Challenges {
    /// The first scheme's.
    First,
    /// Those of all schemes that have one (RFC 9110 section 11.6.1).
    All,
}

/// The answer that `P` gives to a refused request.
pub fn answer<S: AuthState, P: Policy<S>>(state: &S) -> Answer {
    answer_of(P::steps(), state)
}

pub(crate) fn answer_of<S: AuthState, P: Steps<S>>(policy: P, state: &S) -> Answer {
    let format = state.authentication().settings().error_format().clone();
    let first = policy.first_challenge(state);
    let is_empty = first.is_none();
    let answer = match (first.flatten(), policy.which_challenges()) {
        (Some(_), Challenges::All) => Answer::new(policy.challenges(state).into_iter().flatten().collect(), format),
        (first, _) => Answer::of(first, format),
    };
    answer.of_empty_chain(is_empty)
}

/// Asks the permission of a policy. A denial of an anonymous caller tells nothing of the permission's own words, except
/// where the chain is empty, so that nothing could have been provided.
pub(crate) async fn permit<S: AuthState, P: Steps<S>>(
    policy: P,
    access: &Access<'_, S, P::User>,
) -> Result<(), AuthError> {
    match policy.permit(access).await {
        Err(error)
            if error.kind() == ErrorKind::PermissionDenied
                && access.identity.scheme().is_none()
                && policy.first_challenge(access.state).is_some() =>
        {
            Err(AuthError::not_authenticated())
        }
        decision => decision,
    }
}

/// The policy that ignores credentials, lets everybody in and throttles nobody, whatever the state's defaults are:
/// `#[authenticate(none)]` with `#[permit(AllowAny)]` and `#[throttle(none)]`.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs)]
pub struct IgnoreCredentials;

impl<S: Sync> Policy<S> for IgnoreCredentials {
    type User = Nobody;
    type Auth = ();

    const ANONYMOUS: Anonymous = Anonymous::ALLOWED;
    const DECLARED: Declaration =
        Declaration::new("IgnoreCredentials", module_path!(), file!(), line!()).rules(Some("AllowAny"), None);

    async fn resolve<'a>(_: &'a Parts, _: &'a S) -> Result<Resolved<Nobody, ()>, AuthError> {
        Ok(Resolved::anonymous())
    }

    fn challenges(_: &S) -> Vec<Option<HeaderValue>> {
        Vec::new()
    }

    async fn permit<'a>(_: &'a Access<'a, S, Nobody>) -> Result<(), AuthError> {
        Ok(())
    }
}

impl<S: Sync, U: User> DefaultPermission<S, U> for IgnoreCredentials {
    const ANONYMOUS: Anonymous = Anonymous::ALLOWED;
    const DECLARED: Option<&'static str> = Some("AllowAny");

    fn permit<'a>(_: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        ready(Ok(()))
    }
}

impl<S, U, A> DefaultThrottles<S, U, A> for IgnoreCredentials {
    fn throttle<'a>(_: &'a Access<'a, S, U>) -> impl Future<Output = Result<(), AuthError>> + Send + 'a {
        ready(Ok(()))
    }
}
