//! A policy that can work, by construction: what stands in a chain and behind it.

use syn::{Ident, Path, Type};

use crate::chain::Scheme;
use crate::permit::Permissions;
use crate::throttle::Throttles;

/// What stands behind a chain, as far as it is stated.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) permit: Option<Permissions>,
    pub(crate) throttle: Option<Throttles>,
}

/// A struct with `#[derive(Policy)]`.
pub(super) struct NamedPolicy {
    pub(super) name: Ident,
    pub(super) runtime: Path,
    /// The only state that the policy is for; any state without it.
    pub(super) state: Option<Type>,
    pub(super) schemes: Vec<Scheme>,
    pub(super) rules: Rules,
    pub(super) all_challenges: bool,
}

/// A chain that is written out, and what stands behind it. No schemes mean that credentials are ignored.
pub(crate) struct ChainPolicy<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) runtime: &'a Path,
    /// The only state that the policy is for; any state without it.
    pub(crate) only_for: Option<&'a Type>,
    /// The same for a handler that names its state, which is asserted beside it.
    pub(crate) router_state: Option<&'a Type>,
    pub(crate) kind: PolicyKind,
    pub(crate) schemes: &'a [Scheme],
    pub(crate) rules: &'a Rules,
    pub(crate) all_challenges: bool,
    pub(crate) verifies_csrf_form: bool,
    pub(crate) auth: CredentialChoice<'a>,
    /// The handler or the struct that the policy is of.
    pub(crate) declared_as: &'a Ident,
}

/// Whose policy it is, and so how it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PolicyKind {
    /// A struct with a name, whose rules are written in its [default rules](super::default_rules).
    Named,
    /// A handler.
    Handler,
    /// A handler that [shares its steps](Rules::shares_steps): the impl is of `HandlerPolicy`, which costs less time to compile than
    /// that of `Policy`.
    SharingHandler,
}

/// Which credentials a policy hands on.
#[derive(Clone, Copy)]
pub(crate) enum CredentialChoice<'a> {
    /// Those of the whole chain.
    All,
    /// Those of this type.
    Of(&'a Type),
    /// None, since no argument takes them.
    Nothing,
}
