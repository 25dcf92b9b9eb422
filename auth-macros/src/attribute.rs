//! Finds attributes on an item.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Lit, Meta, Path, parse_quote};

use crate::tokens::split;

/// The attributes that `#[authenticate]` reads or removes.
const OURS: [&str; 3] = ["authenticate", "permit", "throttle"];

/// Returns whether the attribute is called `name`, by any path: users may rename the crate.
///
/// A macro cannot resolve names. An attribute of another crate with our name is read as ours, and one of ours under another
/// name is not recognized: it [reports this](crate::misplaced) when it is expanded.
pub(crate) fn is_named(attribute: &Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == name)
}

pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    OURS.iter().any(|name| is_named(attribute, name))
}

/// Returns the path of one of our attributes in a `cfg_attr(..)`. rustc expands the `cfg_attr` of an item before it calls us,
/// but not that of a method in a block.
pub(crate) fn ours_in_cfg_attr(meta: &Meta) -> Option<Path> {
    let Meta::List(list) = meta else { return None };
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    split(list.tokens.clone()).into_iter().skip(1).find_map(|part| {
        let meta = syn::parse2::<Meta>(part).ok()?;
        let name = &meta.path().segments.last()?.ident;
        if OURS.iter().any(|ours| name == ours) { Some(meta.path().clone()) } else { ours_in_cfg_attr(&meta) }
    })
}

/// A note in a function's documentation for those of our attributes that are expanded later. Documentation is the only
/// attribute that any function can have.
#[derive(Clone, Copy)]
pub(crate) enum Note {
    /// The declaration does not compile, and this was already reported.
    Faulty,
    /// The function is in a block with `#[handlers]`, which found no `#[authenticate]` on it.
    InBlock,
}

impl Note {
    fn text(self) -> &'static str {
        match self {
            Self::Faulty => "__auth_faulty",
            Self::InBlock => "__auth_in_block",
        }
    }

    /// Adds the note, if there are attributes that could read it.
    pub(crate) fn leave(self, attributes: &mut Vec<Attribute>) {
        if attributes.iter().any(|attribute| !is_inert(attribute)) {
            let text = self.text();
            attributes.push(parse_quote!(#[doc = #text]));
        }
    }

    pub(crate) fn is_on(self, attributes: &[Attribute]) -> bool {
        let is_this = |meta: &Meta| match meta {
            Meta::NameValue(syn::MetaNameValue { path, value: Expr::Lit(literal), .. }) => {
                path.is_ident("doc") && matches!(&literal.lit, Lit::Str(text) if text.value() == self.text())
            }
            _ => false,
        };
        attributes.iter().any(|attribute| is_this(&attribute.meta))
    }
}

/// Returns what is in the parentheses of an attribute.
pub(crate) fn arguments(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

/// Returns whether an attribute of an argument is a lint, and so always keeps the argument.
pub(crate) fn is_lint(attribute: &Attribute) -> bool {
    const LINTS: [&str; 5] = ["allow", "deny", "expect", "forbid", "warn"];
    LINTS.iter().any(|lint| attribute.path().is_ident(lint))
}

/// Returns whether the attribute is one of the compiler's own, which read no arguments.
pub(crate) fn is_inert(attribute: &Attribute) -> bool {
    const INERT: [&str; 11] =
        ["allow", "cfg", "cfg_attr", "cold", "deny", "deprecated", "doc", "expect", "inline", "must_use", "warn"];
    INERT.iter().any(|name| attribute.path().is_ident(name))
}
