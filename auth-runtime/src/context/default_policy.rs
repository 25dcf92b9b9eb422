//! A state's default policy: [`DefaultPolicy`], and [`NoDefaultPolicy`].

use std::fmt;
use std::sync::Arc;

/// A type that can be the [default policy](crate::AuthState::DefaultPolicy) of a router state: a [`Policy`](crate::Policy) for
/// that state, or [`NoDefaultPolicy`].
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

/// The default policy of a router state that has none. A bare `#[authenticate]` does not compile, and a handler that states no
/// permission or no throttle has none.
///
/// The type is unsized and has no value, so that it cannot be a [`Policy`](crate::Policy).
pub struct NoDefaultPolicy(#[allow(dead_code)] [()]);

impl fmt::Debug for NoDefaultPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoDefaultPolicy")
    }
}

impl<S> DefaultPolicy<S> for NoDefaultPolicy {
    type InArc = Self;
}
