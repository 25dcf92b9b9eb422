//! Attributes as a macro finds them on an item.

use proc_macro2::TokenStream;
use syn::{Attribute, Meta};

/// Whether the attribute is ours: `#[name]`, or with the path of this crate. Others may have one of that name.
pub(crate) fn is_named(attribute: &Attribute, name: &str) -> bool {
    let path = attribute.path();
    let mut from_last = path.segments.iter().rev();
    from_last.next().is_some_and(|last| last.ident == name)
        && from_last.next().is_none_or(|before| before.ident == "auth_runtime")
}

/// What stands in the parentheses of an attribute.
pub(crate) fn arguments(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

/// Whether the attribute of an argument is a lint, so that it stays whatever the lint says.
pub(crate) fn is_lint(attribute: &Attribute) -> bool {
    const LINTS: [&str; 5] = ["allow", "deny", "expect", "forbid", "warn"];
    LINTS.iter().any(|lint| attribute.path().is_ident(lint))
}

/// Whether the attribute is one of the compiler's own, which read no arguments.
pub(crate) fn is_inert(attribute: &Attribute) -> bool {
    const INERT: [&str; 11] =
        ["allow", "cfg", "cfg_attr", "cold", "deny", "deprecated", "doc", "expect", "inline", "must_use", "warn"];
    INERT.iter().any(|name| attribute.path().is_ident(name))
}
