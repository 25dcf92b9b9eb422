//! A handler whose declaration can work, by construction: only `check` builds one.

use proc_macro2::TokenStream;
use syn::{Attribute, Ident, ItemFn, Pat, Path, Type};

use crate::chain::Scheme;
use crate::policy::Rules;

pub(crate) struct Handler {
    /// Without our attributes, and without the marked arguments.
    pub(super) function: ItemFn,
    pub(super) chain: Chain,
    pub(super) rules: Rules,
    pub(super) user: Option<MarkedArgument>,
    pub(super) auth: Option<MarkedArgument>,
    /// The type of the argument that is called `CsrfForm`.
    pub(super) csrf_form: Option<Type>,
    /// The router state, where it is known and names no parameter of the handler.
    pub(super) state: Option<Type>,
    /// The same where `state = ..` says so. Another router state is then an error that names both.
    pub(super) router_state: Option<Type>,
    pub(super) runtime: Path,
    /// The name of the type that carries the policy.
    pub(super) policy_name: Ident,
    /// What stands before the handler in a path; `None` where it cannot be named from beside it.
    pub(super) before: Option<TokenStream>,
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
pub(crate) struct MarkedArgument {
    /// Its lints.
    pub(super) lints: Vec<Attribute>,
    pub(super) pattern: Pat,
    pub(super) ty: Type,
}

/// The block that a method stands in.
pub(crate) struct Owner {
    /// Its type, in names.
    pub(crate) name: Ident,
    /// What stands before the method in a path, where no parameters of the block are in it.
    pub(crate) before: Option<TokenStream>,
}
