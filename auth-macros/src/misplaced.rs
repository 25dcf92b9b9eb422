//! `#[permit]` and `#[throttle]` where no `#[authenticate]` above reads them.

use proc_macro2::TokenStream;
use quote::format_ident;
use syn::{ItemFn, parse_quote};

use crate::attribute::is_named;
use crate::error::{fault, report};

/// Says where the attribute `name` belongs. `alone` is for a function without `#[authenticate]`, `above` for one with it below.
pub(crate) fn expand(name: &str, alone: &str, above: &str, args: &TokenStream, item: TokenStream) -> TokenStream {
    let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) else {
        return report(fault(&item, alone), &item);
    };
    let Some(below) = function.attrs.iter().find(|attribute| is_named(attribute, "authenticate")) else {
        return report(fault(&function.sig.ident, alone), &item);
    };
    let fault = fault(below.path(), above);
    // Where it belongs, so that `#[authenticate]` has nothing to add.
    if !function.attrs.iter().any(|attribute| is_named(attribute, name)) {
        let name = format_ident!("{name}");
        function.attrs.push(parse_quote!(#[#name(#args)]));
    }
    report(fault, &function)
}
