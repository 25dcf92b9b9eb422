//! The path of the runtime in generated code: `::auth_runtime`, or the one of `crate = ..`.

use darling::Result;
use proc_macro2::TokenStream;
use syn::parse::Parser;

use crate::error::fault;
use crate::message;

pub(crate) fn default() -> syn::Path {
    syn::parse_quote!(::auth_runtime)
}

/// Only allows absolute paths, since generated code is among the user's own names.
pub(crate) fn parse(value: TokenStream, key: &syn::Ident) -> Result<syn::Path> {
    let path = syn::Path::parse_mod_style.parse2(value).map_err(|_| fault(key, message::CRATE_PATH))?;
    let absolute = path.leading_colon.is_some() || path.segments.first().is_some_and(|first| first.ident == "crate");
    if absolute { Ok(path) } else { Err(fault(&path, message::CRATE_PATH)) }
}
