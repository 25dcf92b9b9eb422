//! The credentials that a policy passes to the handler.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;
use syn::spanned::Spanned;

use super::model::CredentialChoice;
use crate::tokens::respanned;

impl CredentialChoice<'_> {
    /// Returns the type of the credentials. `all` is the type of those of the whole chain.
    pub(crate) fn ty(self, all: &TokenStream) -> TokenStream {
        match self {
            Self::All => all.clone(),
            Self::Of(wanted) => quote!(#wanted),
            Self::Nothing => quote!(()),
        }
    }

    /// Returns the function that picks them.
    pub(crate) fn pick(self, runtime: &Path) -> TokenStream {
        match self {
            Self::All => quote!(::core::option::Option::Some),
            Self::Of(wanted) => respanned(quote!(#runtime::__private::select::<#wanted, _, _>), wanted.span()),
            // A named function, so that handlers with the same chain share the code of its future.
            Self::Nothing => quote!(#runtime::__private::leave),
        }
    }
}
