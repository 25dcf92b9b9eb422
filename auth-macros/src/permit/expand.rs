//! Turns permissions into their type and value. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::model::{Permission, Permissions};
use crate::tokens::respanned;

impl Permissions {
    /// Returns the type of the permission.
    pub(crate) fn ty(&self, runtime: &Path) -> TokenStream {
        let types = self.0.iter().map(|permission| permission.ty(runtime));
        match self.0.as_slice() {
            [_] => quote!(#(#types)*),
            _ => quote!((#(#types,)*)),
        }
    }

    /// Returns its value.
    pub(crate) fn value(&self, runtime: &Path) -> TokenStream {
        let values = self.0.iter().map(|permission| permission.value(runtime));
        match self.0.as_slice() {
            [_] => quote!(#(#values)*),
            _ => quote!((#(#values,)*)),
        }
    }

    /// Builds an alias for each permission that the user named, so that a typing error in it is a single fault.
    pub(crate) fn aliases(&self) -> TokenStream {
        let aliases =
            self.each_leaf().into_iter().map(|(alias, path)| quote_spanned!(path.span()=> type #alias = #path;));
        aliases.collect()
    }

    /// Returns the aliases of the permissions that the user named.
    pub(crate) fn leaves(&self) -> Vec<&Ident> {
        self.each_leaf().into_iter().map(|(alias, _)| alias).collect()
    }

    /// Returns the imports that the value needs if fields of a permission are given.
    pub(crate) fn imports(&self, runtime: &Path) -> Option<TokenStream> {
        self.0.iter().any(Permission::has_fields).then(|| {
            quote! {
                #[allow(unused_imports)]
                use #runtime::__private::NoRules as _;
            }
        })
    }

    fn each_leaf(&self) -> Vec<(&Ident, &Path)> {
        let mut leaves = Vec::new();
        for permission in &self.0 {
            permission.collect_leaves(&mut leaves);
        }
        leaves
    }
}

impl Permission {
    fn ty(&self, runtime: &Path) -> TokenStream {
        match self {
            Self::Leaf { alias, .. } => alias.to_token_stream(),
            Self::And(a, b) => {
                let (a, b) = (a.ty(runtime), b.ty(runtime));
                quote!(#runtime::permission::And<#a, #b>)
            }
            Self::Or(a, b) => {
                let (a, b) = (a.ty(runtime), b.ty(runtime));
                quote!(#runtime::permission::Or<#a, #b>)
            }
            Self::Not(a) => {
                let a = a.ty(runtime);
                quote!(#runtime::permission::Not<#a>)
            }
        }
    }

    fn value(&self, runtime: &Path) -> TokenStream {
        match self {
            Self::Leaf { alias, fields, .. } if fields.is_empty() => quote_spanned!(alias.span()=> #alias {}),
            Self::Leaf { alias, fields, .. } => {
                let fields = fields.iter().map(|(key, value)| quote!(#key: #value));
                // All on the user's token, where a violated rule is reported.
                let rules = respanned(quote!(#runtime::__private::Options::<#alias>::RULES), alias.span());
                quote_spanned!(alias.span()=> #rules.declare(#alias { #(#fields),* }))
            }
            Self::And(a, b) => {
                let (a, b) = (a.value(runtime), b.value(runtime));
                quote!(#runtime::permission::And(#a, #b))
            }
            Self::Or(a, b) => {
                let (a, b) = (a.value(runtime), b.value(runtime));
                quote!(#runtime::permission::Or(#a, #b))
            }
            Self::Not(a) => {
                let a = a.value(runtime);
                quote!(#runtime::permission::Not(#a))
            }
        }
    }

    fn has_fields(&self) -> bool {
        match self {
            Self::Leaf { fields, .. } => !fields.is_empty(),
            Self::And(a, b) | Self::Or(a, b) => a.has_fields() || b.has_fields(),
            Self::Not(a) => a.has_fields(),
        }
    }

    fn collect_leaves<'a>(&'a self, leaves: &mut Vec<(&'a Ident, &'a Path)>) {
        match self {
            Self::Leaf { alias, path, .. } => leaves.push((alias, path)),
            Self::And(a, b) | Self::Or(a, b) => {
                a.collect_leaves(leaves);
                b.collect_leaves(leaves);
            }
            Self::Not(a) => a.collect_leaves(leaves),
        }
    }
}
