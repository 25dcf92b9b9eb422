//! A handler with a valid declaration: only `check` creates one.

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
    /// The type of the argument named `CsrfForm`.
    pub(super) csrf_form: Option<Type>,
    /// The router state, if it is known and names no parameter of the handler.
    pub(super) state: Option<Type>,
    /// The router state from `state = ..`. Another router state is then an error that names both.
    pub(super) router_state: Option<Type>,
    pub(super) runtime: Path,
    /// The name of the type that carries the policy.
    pub(super) policy_name: Ident,
    /// The path before the handler's name. `None` means that it cannot be named from beside it.
    pub(super) before: Option<TokenStream>,
}

pub(crate) enum Chain {
    /// Written out. No schemes means `none`.
    Schemes { schemes: Vec<Scheme>, all_challenges: bool },
    /// `policy = path`, with the parameters of the handler that the path names.
    Policy { path: Path, parameters: Vec<Ident> },
    /// The policy that the state names.
    StateDefault,
}

/// An argument marked `#[user]` or `#[auth]`.
pub(crate) struct MarkedArgument {
    /// Its lints.
    pub(super) lints: Vec<Attribute>,
    pub(super) pattern: Pat,
    pub(super) ty: Type,
}

/// The block that contains a method.
pub(crate) struct Owner {
    /// Its type, in names.
    pub(crate) name: Ident,
    /// The path before the method's name, if it contains no parameters of the block.
    pub(crate) before: Option<TokenStream>,
}
