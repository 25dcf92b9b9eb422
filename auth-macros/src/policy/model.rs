//! A valid policy: a chain and its rules.

use syn::{Ident, Path, Type};

use crate::chain::Scheme;
use crate::permit::Permissions;
use crate::throttle::Throttles;

/// The rules after a chain, as far as they are stated.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) permit: Option<Permissions>,
    pub(crate) throttle: Option<Throttles>,
}

/// A struct with `#[derive(Policy)]`.
pub(super) struct NamedPolicy {
    pub(super) name: Ident,
    pub(super) runtime: Path,
    /// The only state that the policy is for. `None` means any state.
    pub(super) state: Option<Type>,
    pub(super) schemes: Vec<Scheme>,
    pub(super) rules: Rules,
    pub(super) all_challenges: bool,
}

/// A chain that is written out, and its rules. No schemes mean that credentials are ignored.
pub(crate) struct ChainPolicy<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) runtime: &'a Path,
    /// The only state that the policy is for. `None` means any state.
    pub(crate) only_for: Option<&'a Type>,
    /// The state that a handler names, which is asserted beside it.
    pub(crate) router_state: Option<&'a Type>,
    pub(crate) kind: PolicyKind,
    pub(crate) schemes: &'a [Scheme],
    pub(crate) rules: &'a Rules,
    pub(crate) all_challenges: bool,
    pub(crate) verifies_csrf_form: bool,
    pub(crate) auth: CredentialChoice<'a>,
    /// The handler or the struct that the policy belongs to.
    pub(crate) declared_as: &'a Ident,
}

/// The owner of the policy, which decides how it is generated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PolicyKind {
    /// A struct with a name, whose rules are in its [default rules](super::default_rules).
    Named,
    /// A handler.
    Handler,
    /// A handler that [shares its steps](Rules::shares_steps). Implements `HandlerPolicy`, which compiles faster than `Policy`.
    SharingHandler,
}

/// Which credentials a policy passes to the handler.
#[derive(Clone, Copy)]
pub(crate) enum CredentialChoice<'a> {
    /// The credentials of the whole chain.
    All,
    /// The credentials of this type.
    Of(&'a Type),
    /// None, since no argument takes them.
    Nothing,
}
