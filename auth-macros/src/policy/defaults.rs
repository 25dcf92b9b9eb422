//! The rules of a state's default policy, for a chain that states none itself.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Path;

use super::model::Rules;
use crate::tokens::respanned;

/// The default policy of `state`, for a chain that identifies `user` by the credentials `auth`. If the chain states no
/// permission or no throttles, it keeps those of the default.
pub(crate) struct StateDefaults<'a> {
    pub(crate) runtime: &'a Path,
    pub(crate) state: &'a TokenStream,
    pub(crate) user: &'a TokenStream,
    pub(crate) auth: &'a TokenStream,
    /// The token of the chain that the rules must fit.
    pub(crate) span: Span,
}

impl StateDefaults<'_> {
    fn policy(&self) -> TokenStream {
        let Self { runtime, state, .. } = self;
        quote!(<#state as #runtime::AuthState>::DefaultPolicy)
    }

    fn permission_trait(&self) -> TokenStream {
        let Self { runtime, state, user, .. } = self;
        quote!(#runtime::DefaultPermission<#state, #user>)
    }

    fn throttles_trait(&self) -> TokenStream {
        let Self { runtime, state, user, auth, .. } = self;
        quote!(#runtime::DefaultThrottles<#state, #user, #auth>)
    }

    /// Returns the default permission, as the path before its items.
    pub(crate) fn permission(&self) -> TokenStream {
        let (policy, permission) = (self.policy(), self.permission_trait());
        quote!(<#policy as #permission>)
    }

    /// Returns the default throttles, as the path before their items.
    pub(crate) fn throttles(&self) -> TokenStream {
        let (policy, throttles) = (self.policy(), self.throttles_trait());
        quote!(<#policy as #throttles>)
    }

    /// Returns the same for the rules that a named policy provides itself.
    pub(crate) fn of_self(&self) -> (TokenStream, TokenStream) {
        let (permission, throttles) = (self.permission_trait(), self.throttles_trait());
        (quote!(<Self as #permission>), quote!(<Self as #throttles>))
    }

    /// Returns the bounds of an impl on the rules that it keeps.
    pub(crate) fn bounds(&self, rules: &Rules) -> TokenStream {
        let policy = self.policy();
        let kept = [
            rules.permit.is_none().then(|| self.permission_trait()),
            rules.throttle.is_none().then(|| self.throttles_trait()),
        ];
        let bounds = kept.into_iter().flatten().map(|kept| respanned(quote!(#policy: #kept,), self.span));
        bounds.collect()
    }

    /// Asserts that the kept rules fit, if the state is known.
    pub(crate) fn asserts(&self, rules: &Rules) -> TokenStream {
        let Self { runtime, state, user, auth, span } = self;
        let permission = quote!(#runtime::__private::assert_default_permission::<#state, #user>(););
        let throttles = quote!(#runtime::__private::assert_default_throttles::<#state, #user, #auth>(););
        let kept = [rules.permit.is_none().then_some(permission), rules.throttle.is_none().then_some(throttles)];
        kept.into_iter().flatten().map(|assert| respanned(assert, *span)).collect()
    }
}
