//! The credentials that a policy hands on.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;
use syn::spanned::Spanned;

use super::model::CredentialChoice;
use crate::tokens::respanned;

impl CredentialChoice<'_> {
    /// The type of the credentials, where those of the whole chain are `all`.
    pub(crate) fn ty(self, all: &TokenStream) -> TokenStream {
        match self {
            Self::All => all.clone(),
            Self::Of(wanted) => quote!(#wanted),
            Self::Nothing => quote!(()),
        }
    }

    /// The function that picks them.
    pub(crate) fn pick(self, runtime: &Path) -> TokenStream {
        match self {
            Self::All => quote!(::core::option::Option::Some),
            Self::Of(wanted) => respanned(quote!(#runtime::__private::select::<#wanted, _, _>), wanted.span()),
            // A function of one name, so that handlers of the same chain share the code of its future.
            Self::Nothing => quote!(#runtime::__private::leave),
        }
    }
}
