//! The constant `DECLARED`: a policy as text. Other constants describe what it means for anonymous callers.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Path};

/// Declares the handler or named policy `name`, with the texts of its rules, and with the chain that `chain` writes.
pub(crate) fn constant(
    name: &Ident,
    runtime: &Path,
    permit: &TokenStream,
    throttle: &TokenStream,
    chain: &TokenStream,
) -> TokenStream {
    let name = name.to_string();
    quote! {
        const DECLARED: #runtime::Declaration =
            #runtime::Declaration::new(#name, ::core::module_path!(), ::core::file!(), ::core::line!())
                .rules(#permit, #throttle)
                #chain;
    }
}
