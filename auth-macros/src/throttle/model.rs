//! Throttles as the user writes them, in a list that compiles: only `check` creates one.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Ident};

use crate::chain::Scheme;
use crate::tokens::text;

/// Throttles, all of which are asked. Only empty for `none`.
pub(crate) struct Throttles(pub(super) Vec<Throttle>);

pub(super) enum Throttle {
    /// `user = "1000/day"`, `anon`, or `client`.
    Rate { key: Ident, of: &'static str, rate: Expr },
    /// `scope(name = "uploads", rate = "10/minute")`.
    Scope { key: Ident, name: Expr, rate: Expr },
    /// A throttle of the user's own, with its fields.
    Own(Scheme),
}

impl Throttles {
    /// Returns whether they are `none`.
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the throttles as the user wrote them.
    pub(crate) fn text(&self) -> String {
        if self.is_none() {
            return "none".to_owned();
        }
        let texts = self.0.iter().map(|throttle| match throttle {
            Throttle::Rate { key, rate, .. } => format!("{key} = {}", text(rate)),
            Throttle::Scope { name, rate, .. } => format!("scope(name = {}, rate = {})", text(name), text(rate)),
            Throttle::Own(own) => own.text(),
        });
        texts.collect::<Vec<_>>().join(", ")
    }

    /// Returns whether one of them counts by the client of the caller's login.
    pub(crate) fn reads_client(&self) -> Option<Span> {
        let of_client = |throttle: &Throttle| match throttle {
            Throttle::Rate { key, of: "ClientRate", .. } => Some(key.span()),
            _ => None,
        };
        self.0.iter().find_map(of_client)
    }
}

impl Throttle {
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Rate { key, .. } | Self::Scope { key, .. } => key.span(),
            Self::Own(own) => own.path.span(),
        }
    }
}
