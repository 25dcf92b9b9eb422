//! Turns schemes into the constants of a chain. Nothing here can fail.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::model::{Scheme, SchemeOption};
use crate::message;

/// The type and the value of a chain, with everything they need.
pub(crate) struct Constants {
    /// Items for the block that uses the chain.
    pub(crate) items: TokenStream,
    /// The type of the tuple.
    pub(crate) chain: TokenStream,
    /// Its value.
    pub(crate) value: TokenStream,
    /// The type of its credentials.
    pub(crate) auth: TokenStream,
}

/// Returns the alias of each scheme's type, in order.
pub(crate) fn aliases(schemes: &[Scheme]) -> Vec<Ident> {
    let alias = |(at, scheme): (usize, &Scheme)| format_ident!("__Scheme{at}", span = scheme.path.span());
    schemes.iter().enumerate().map(alias).collect()
}

impl Constants {
    /// Returns the name of the constant of a scheme.
    pub(crate) fn name(at: usize, span: Span) -> Ident {
        format_ident!("__SCHEME{at}", span = span)
    }

    /// Builds one alias and one checked constant for each scheme, and one assertion for each pair.
    ///
    /// The path is only written in the alias, so that a typing error in it is a single fault. The literal has the user's span,
    /// otherwise rustc would not show which field is meant.
    pub(crate) fn of(schemes: &[Scheme], runtime: &Path) -> Self {
        let aliases = aliases(schemes);
        let constant_at = Self::name;
        let mut items = quote!(#[allow(unused_imports)] use #runtime::__private::NotDerived as _;);
        for (at, Scheme { path, options }) in schemes.iter().enumerate() {
            let (alias, constant) = (&aliases[at], constant_at(at, path.span()));
            let default = quote_spanned!(path.span()=> <#alias as #runtime::Authenticator>::DEFAULT);
            let scheme = if options.is_empty() {
                default
            } else {
                let fields = options.iter().map(|SchemeOption { key, value }| quote!(#key: #value));
                quote_spanned!(path.span()=> #alias { #(#fields,)* ..#default })
            };
            items.extend(quote_spanned! {path.span()=>
                type #alias = #path;
                #[allow(clippy::needless_update)]
                const #constant: #runtime::CheckedScheme<#alias> = #scheme.declare();
            });
            for (earlier, first) in schemes[..at].iter().enumerate() {
                let first_constant = constant_at(earlier, path.span());
                let message = message::collision(&first.text(), &schemes[at].text());
                items.extend(quote_spanned! {path.span()=>
                    const _: () = ::core::assert!(
                        !#runtime::__private::collide(&#first_constant.claim, &#constant.claim),
                        "{}",
                        #message
                    );
                });
            }
        }
        let (mut types, mut values) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < schemes.len() {
            let same = schemes[at..].iter().take_while(|scheme| scheme.path == schemes[at].path).count();
            let alias = &aliases[at];
            let constants: Vec<_> = (at..at + same).map(|at| constant_at(at, schemes[at].path.span())).collect();
            if same == 1 {
                types.push(quote!(#alias));
                values.push(quote_spanned!(alias.span()=> #(#constants.scheme)*));
            } else {
                types.push(quote!([#alias; #same]));
                values.push(quote!([#(#constants.scheme),*]));
            }
            at += same;
        }
        let auth = match types.as_slice() {
            [] => quote!(#runtime::OneOf<(), #runtime::NoUser>),
            types => types.iter().rev().fold(
                quote!(#runtime::NoUser),
                |later, scheme| quote!(#runtime::OneOf<<#scheme as #runtime::Authenticator>::Auth, #later>),
            ),
        };
        Self { items, chain: quote!((#(#types,)*)), value: quote!((#(#values,)*)), auth }
    }
}
