//! `#[permit]` and `#[throttle]` without an `#[authenticate]` above that has read them.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::{FnArg, ItemFn, parse_quote};

use crate::attribute::{Note, is_named};
use crate::error::{fault, report};

/// The messages about the attribute `name`.
pub(crate) struct Messages {
    pub(crate) name: &'static str,
    /// On a function without `#[authenticate]`.
    pub(crate) alone: &'static str,
    /// On a function with `#[authenticate]` below.
    pub(crate) above: &'static str,
    /// On a function with `#[authenticate]` above, which did not recognize the attribute by its name.
    pub(crate) renamed: &'static str,
}

pub(crate) fn expand(messages: &Messages, args: &TokenStream, item: TokenStream) -> TokenStream {
    let Messages { name, alone, above, renamed } = *messages;
    let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) else {
        return report(fault(&item, alone), &item);
    };
    if Note::Faulty.is_on(&function.attrs) {
        return item;
    }
    if is_guarded(&function) {
        // The handler stays guarded by what `#[authenticate]` has read, and does not compile.
        let fault = if args.is_empty() { fault(&function.sig.ident, renamed) } else { fault(args, renamed) };
        return report(fault, &item);
    }
    let Some(below) = function.attrs.iter().find(|attribute| is_named(attribute, "authenticate")) else {
        return report(fault(&function.sig.ident, alone), &item);
    };
    let fault = fault(below.path(), above);
    // Moves it to its place, so that `#[authenticate]` reports no further error.
    if !function.attrs.iter().any(|attribute| is_named(attribute, name)) {
        let name = format_ident!("{name}");
        function.attrs.push(parse_quote!(#[#name(#args)]));
    }
    report(fault, &function)
}

/// Returns whether `#[authenticate]` has put its extractor in front of the arguments.
fn is_guarded(function: &ItemFn) -> bool {
    let Some(FnArg::Typed(first)) = function.sig.inputs.first() else { return false };
    let ty = first.ty.to_token_stream().to_string();
    ["Auth <", "Guarded <"].iter().any(|guard| ty.contains(guard)) && ty.contains("__auth_")
}
