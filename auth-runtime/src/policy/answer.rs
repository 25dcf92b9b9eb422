//! How a policy answers a refused request.

use super::contract::Policy;
use super::steps::{Challenges, Steps};
use crate::context::state::AuthState;
use crate::identity::Access;
use crate::refusal::{Answer, AuthError, ErrorKind};

/// Returns the answer of `P` to a refused request.
pub fn answer<S: AuthState, P: Policy<S>>(state: &S) -> Answer {
    answer_of(P::steps(), state)
}

pub(crate) fn answer_of<S: AuthState, P: Steps<S>>(policy: P, state: &S) -> Answer {
    let format = state.auth_context().settings().error_format().clone();
    let first = policy.first_challenge(state);
    let is_empty = first.is_none();
    let answer = match (first.flatten(), policy.which_challenges()) {
        (Some(_), Challenges::All) => Answer::new(policy.challenges(state).into_iter().flatten().collect(), format),
        (first, _) => Answer::of(first, format),
    };
    answer.of_empty_chain(is_empty)
}

/// Asks the permission of a policy. An anonymous caller who is denied does not see the permission's own text, unless the chain
/// is empty, so that there are no credentials to provide.
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
