//! What a state names as its default policy: [`DefaultPolicy`], and [`NoDefaultPolicy`].

use std::fmt;
use std::sync::Arc;

/// What a router state can name as its [default policy](crate::AuthState::DefaultPolicy): a [`Policy`](crate::Policy) for that state, or
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

/// The default policy of a router state that has none: a bare `#[authenticate]` does not compile, and where a handler states no
/// permission or no throttle, there is none.
///
/// The type has no size and no value: that keeps it from being a [`Policy`](crate::Policy), whose chain it does not have.
pub struct NoDefaultPolicy(#[allow(dead_code)] [()]);

impl fmt::Debug for NoDefaultPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoDefaultPolicy")
    }
}

impl<S> DefaultPolicy<S> for NoDefaultPolicy {
    type InArc = Self;
}
