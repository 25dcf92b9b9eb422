//! A handler whose declaration can work, by construction: only `check` builds one.

use syn::{Ident, ItemFn, Pat, Path, Type};

use crate::chain::Scheme;
use crate::policy::Rules;

pub(crate) struct Handler {
    /// Without our attributes, and without the marked arguments.
    pub(super) function: ItemFn,
    pub(super) chain: Chain,
    pub(super) rules: Rules,
    pub(super) user: Option<Marked>,
    pub(super) auth: Option<Marked>,
    /// The type of the argument that is called `CsrfForm`.
    pub(super) csrf_form: Option<Type>,
    /// The router state, where it is known and names no parameter of the handler.
    pub(super) state: Option<Type>,
    pub(super) runtime: Path,
    /// The name of the type that carries the policy.
    pub(super) policy_name: Ident,
}

pub(crate) enum Chain {
    /// Written out. No schemes means `none`.
    Schemes { schemes: Vec<Scheme>, all_challenges: bool },
    /// `policy = path`, with the parameters of the handler that the path names.
    Policy { path: Path, parameters: Vec<Ident> },
    /// What the state names.
    StateDefault,
}

/// An argument marked `#[user]` or `#[auth]`.
pub(crate) struct Marked {
    pub(super) pattern: Pat,
    pub(super) ty: Type,
}
