//! Reports faults to the user: all of them, on the user's own tokens. The returned item always keeps its guard.

use darling::Error;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// Creates a fault at `tokens`.
pub(crate) fn fault(tokens: &(impl Spanned + ?Sized), message: impl std::fmt::Display) -> Error {
    Error::custom(message).with_span(&tokens.span())
}

/// Emits the faults as `compile_error!`, and `item` for an editor and for code that names it. The item cannot be reached, since
/// nothing here compiles.
pub(crate) fn report(faults: Error, item: &impl ToTokens) -> TokenStream {
    let faults = faults.write_errors();
    quote!(#faults #item)
}
