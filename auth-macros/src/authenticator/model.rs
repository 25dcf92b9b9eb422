//! A scheme or a chain that can work, by construction: only `check` builds one.

use syn::{Expr, Ident, LitStr, Path, Type};

use crate::chain::Scheme;
use crate::policy::Rules;

pub(super) struct Derived {
    pub(super) name: Ident,
    pub(super) runtime: Path,
    pub(super) state: Option<Type>,
    pub(super) kind: Kind,
}

#[allow(clippy::large_enum_variant, variant_size_differences)] // one of them lives for one expansion
pub(super) enum Kind {
    /// `chain(..)`: a named policy.
    Chain { schemes: Vec<Scheme>, rules: Rules, all_challenges: bool },
    /// Everything else can stand in a chain.
    Scheme { options: Vec<SchemeOption>, auth: Option<Type>, verification: Verification },
}

pub(super) enum Verification {
    /// The user implements `Scheme`.
    ByHand,
    /// Reads a place and asks a function.
    Source { place: Place, name: LitStr, verify: Path, user: Option<Type>, challenge: Option<LitStr> },
    /// Asks another scheme and maps its user.
    Wraps { scheme: Scheme, map_user: Path, user: Type },
}

#[derive(Clone, Copy)]
pub(super) enum Place {
    Header,
    Cookie,
    Query,
}

pub(super) struct SchemeOption {
    pub(super) name: Ident,
    pub(super) default: Expr,
}
