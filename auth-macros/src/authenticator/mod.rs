//! `#[derive(Authenticator)]`: a scheme, or a named chain, from a struct.

use proc_macro2::TokenStream;
use syn::DeriveInput;

mod attr;
mod check;
mod expand;
mod model;

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(fault) => return fault.into_compile_error(),
    };
    match attr::read(&input).and_then(check::check) {
        Ok(derived) => derived.expand(),
        Err(faults) => faults.write_errors(),
    }
}
