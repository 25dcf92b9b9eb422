//! Where generated code finds the runtime: `::auth_runtime`, or what `crate = ..` says.

use darling::Result;
use proc_macro2::TokenStream;
use syn::parse::Parser;

use crate::error::fault;
use crate::message;

pub(crate) fn default() -> syn::Path {
    syn::parse_quote!(::auth_runtime)
}

/// Only absolute paths: generated code stands where the user's own names are, too.
pub(crate) fn parse(value: TokenStream, key: &syn::Ident) -> Result<syn::Path> {
    let path = syn::Path::parse_mod_style.parse2(value).map_err(|_| fault(key, message::CRATE_PATH))?;
    let absolute = path.leading_colon.is_some() || path.segments.first().is_some_and(|first| first.ident == "crate");
    if absolute { Ok(path) } else { Err(fault(&path, message::CRATE_PATH)) }
}
