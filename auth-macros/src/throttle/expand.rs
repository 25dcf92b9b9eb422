//! Turns throttles into the code that asks them. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Path};

use super::model::{Throttle, Throttles};
use crate::chain::Scheme;
use crate::tokens::respanned;

impl Throttles {
    /// Builds an alias for each throttle's type, on the token that named it.
    pub(crate) fn aliases(&self, runtime: &Path) -> TokenStream {
        let aliases = self.0.iter().zip(self.leaves()).map(|(throttle, alias)| {
            let span = alias.span();
            let ty = match throttle {
                Throttle::Rate { of, .. } => {
                    let of = Ident::new(of, span);
                    respanned(quote!(#runtime::throttle::#of), span)
                }
                Throttle::Scope { .. } => respanned(quote!(#runtime::throttle::ScopedRate), span),
                Throttle::Own(Scheme { path, .. }) => quote!(#path),
            };
            quote_spanned!(span=> type #alias = #ty;)
        });
        aliases.collect()
    }

    /// Returns the throttles by their aliases.
    pub(crate) fn leaves(&self) -> Vec<Ident> {
        let alias = |(at, throttle): (usize, &Throttle)| format_ident!("__Throttle{at}", span = throttle.span());
        self.0.iter().enumerate().map(alias).collect()
    }

    /// Builds the code that asks all of them and combines their answers.
    pub(crate) fn body(&self, runtime: &Path, state: &TokenStream, user: &TokenStream) -> TokenStream {
        let asked = self.0.iter().zip(self.leaves()).map(|(throttle, alias)| {
            let value = throttle.value(&alias, runtime);
            quote! {
                {
                    static __THROTTLE: #alias = #value;
                    __refusals.add(#runtime::throttle::Throttle::<#state, #user>::admit(&__THROTTLE, access).await?);
                }
            }
        });
        quote! {
            let mut __refusals = <#runtime::throttle::Rejections as ::core::default::Default>::default();
            #(#asked)*
            __refusals.finish()
        }
    }
}

impl Throttle {
    fn value(&self, alias: &Ident, runtime: &Path) -> TokenStream {
        match self {
            Self::Rate { rate, .. } => {
                let limit = limit(rate, runtime);
                quote_spanned!(alias.span()=> #alias { limit: #limit })
            }
            Self::Scope { name, rate, .. } => {
                let scope = respanned(quote!(#runtime::__private::scope_name), name.span());
                let scope = quote_spanned!(name.span()=> #scope(#name));
                let limit = limit(rate, runtime);
                quote_spanned!(alias.span()=> #alias { scope: #scope, limit: #limit })
            }
            Self::Own(own) => {
                let fields = own.options().map(|(key, value)| quote!(#key: #value));
                quote_spanned!(alias.span()=> #alias { #(#fields),* })
            }
        }
    }
}

/// Builds the limit of a rate, on the token of the rate, where rustc reports its faults.
fn limit(rate: &Expr, runtime: &Path) -> TokenStream {
    let limit = respanned(quote!(#runtime::throttle::Limit::of), rate.span());
    quote_spanned!(rate.span()=> #limit(#rate))
}
