//! Assertions if the router state is known: [`KnownState`].

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path, Type, parse_quote_spanned};

use super::model::Rules;
use crate::permit::Permissions;
use crate::throttle::Throttles;
use crate::tokens::respanned;

/// The known router state, by the alias that its assertions share.
pub(crate) struct KnownState<'a> {
    pub(crate) runtime: &'a Path,
    pub(crate) state: &'a Type,
}

impl KnownState<'_> {
    pub(crate) fn alias(&self) -> Type {
        parse_quote_spanned!(self.state.span()=> __State)
    }

    /// Asserts that the state `__S` is this one. Uses a parameter, otherwise rustc would report a mismatch with the state
    /// twice.
    pub(crate) fn bound(&self) -> TokenStream {
        let (runtime, alias) = (self.runtime, self.alias());
        quote_spanned!(self.state.span()=> #alias: #runtime::__private::Is<__S>,)
    }

    /// Returns the user of a scheme.
    pub(crate) fn scheme_user(&self, scheme: &Ident) -> TokenStream {
        let (runtime, state) = (self.runtime, self.alias());
        respanned(quote!(#runtime::__private::SchemeUser<#scheme, #state>), scheme.span())
    }

    pub(crate) fn rule_asserts(&self, rules: &Rules, user: &TokenStream) -> TokenStream {
        let (runtime, state) = (self.runtime, self.alias());
        let permissions = rules.permit.iter().flat_map(Permissions::leaves).map(
            |leaf| quote_spanned!(leaf.span()=> #runtime::__private::assert_permission::<#leaf, #state, #user>();),
        );
        let throttles = rules.throttle.iter().flat_map(Throttles::leaves).map(|leaf| {
            let assert = quote!(#runtime::__private::assert_throttle::<#leaf, #state, #user>(););
            respanned(assert, leaf.span())
        });
        permissions.chain(throttles).collect()
    }

    /// Builds the alias, and one block for all assertions, so that a fault is not repeated in each.
    pub(crate) fn asserts(&self, asserts: &TokenStream) -> TokenStream {
        let Self { runtime, state } = self;
        let alias = quote_spanned!(state.span()=> type __State = #state;);
        let is_state = quote_spanned!(state.span()=> #runtime::__private::assert_state::<__State>(););
        quote!(#alias const _: () = { #is_state #asserts };)
    }
}
