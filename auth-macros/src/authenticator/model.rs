//! A valid scheme: only `check` creates one.

use syn::{Expr, Ident, LitStr, Path, Type};

use crate::chain::Scheme;

pub(super) struct DerivedScheme {
    pub(super) name: Ident,
    pub(super) runtime: Path,
    pub(super) state: Option<Type>,
    pub(super) options: Vec<SchemeOption>,
    pub(super) auth: Option<Type>,
    /// What the user states. If absent, what the scheme reads decides.
    pub(super) csrf: Option<CsrfCheck>,
    pub(super) verification: Verification,
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

impl Place {
    /// Returns how a browser would send the content of the place `name` of this kind.
    pub(super) fn csrf_check(self, name: &str) -> CsrfCheck {
        match self {
            Self::Cookie => CsrfCheck::Cookie,
            Self::Header if name.eq_ignore_ascii_case("cookie") => CsrfCheck::Cookie,
            // May have any keyword, including those that browsers answer by themselves.
            Self::Header if name.eq_ignore_ascii_case("authorization") => CsrfCheck::Browser,
            Self::Header | Self::Query => CsrfCheck::Off,
        }
    }
}

/// The variants of the runtime's `CsrfCheck`.
#[derive(Clone, Copy)]
pub(super) enum CsrfCheck {
    Cookie,
    Browser,
    Off,
}

pub(super) struct SchemeOption {
    pub(super) name: Ident,
    pub(super) default: Expr,
}
