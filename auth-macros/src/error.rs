//! How faults reach the user: all of them, on their own tokens, and never without a guard on the item that is given back.

use darling::Error;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// A fault on `tokens`.
pub(crate) fn fault(tokens: &(impl Spanned + ?Sized), message: impl std::fmt::Display) -> Error {
    Error::custom(message).with_span(&tokens.span())
}

/// The faults as `compile_error!`, and `item` for an editor, or for what names it: it cannot be reached, since nothing here
/// compiles.
pub(crate) fn report(faults: Error, item: &impl ToTokens) -> TokenStream {
    let faults = faults.write_errors();
    quote!(#faults #item)
}
