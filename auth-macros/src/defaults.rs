//! The rules of default policies: how a chain keeps those of the state, and how a named chain hands down its own.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Path};

use crate::chain::respanned;
use crate::policy::Rules;

/// What the default policy of `state` is to a chain that identifies `user` by the credentials `auth`. Where the chain states no
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

    /// The default permission, as what its items are taken from.
    pub(crate) fn permission(&self) -> TokenStream {
        let (policy, permission) = (self.policy(), self.permission_trait());
        quote!(<#policy as #permission>)
    }

    /// The default throttles, as what their items are taken from.
    pub(crate) fn throttles(&self) -> TokenStream {
        let (policy, throttles) = (self.policy(), self.throttles_trait());
        quote!(<#policy as #throttles>)
    }

    /// The same for the rules that a named chain hands down itself.
    pub(crate) fn of_self(&self) -> (TokenStream, TokenStream) {
        let (permission, throttles) = (self.permission_trait(), self.throttles_trait());
        (quote!(<Self as #permission>), quote!(<Self as #throttles>))
    }

    /// What an impl must demand of the rules that it keeps.
    pub(crate) fn bounds(&self, rules: &Rules) -> TokenStream {
        let policy = self.policy();
        let kept = [
            rules.permit.is_none().then(|| self.permission_trait()),
            rules.throttle.is_none().then(|| self.throttles_trait()),
        ];
        let bounds = kept.into_iter().flatten().map(|kept| respanned(quote!(#policy: #kept,), self.span));
        bounds.collect()
    }

    /// That the rules which are kept fit, where the state is known.
    pub(crate) fn asserts(&self, rules: &Rules) -> TokenStream {
        let Self { runtime, state, user, auth, span } = self;
        let permission = quote!(#runtime::__private::assert_default_permission::<#state, #user>(););
        let throttles = quote!(#runtime::__private::assert_default_throttles::<#state, #user, #auth>(););
        let kept = [rules.permit.is_none().then_some(permission), rules.throttle.is_none().then_some(throttles)];
        kept.into_iter().flatten().map(|assert| respanned(assert, *span)).collect()
    }
}

/// The rules of the named chain `name` as those of a default policy: for every user that they fit, since other chains keep them.
/// `state` is the only state that the chain is for.
pub(crate) fn handed_down(name: &Ident, runtime: &Path, state: Option<&syn::Type>, rules: &Rules) -> TokenStream {
    let any_state = state.is_none().then(|| quote!(__S: #runtime::AuthState,));
    let state = state.map_or_else(|| quote!(__S), |state| quote!(#state));
    let user = quote!(__U);
    let arguments = quote!(access: &'a #runtime::permission::Access<'a, #state, __U>);
    let decision = quote!(::core::result::Result<(), #runtime::AuthError>);
    let future = quote!(impl ::core::future::Future<Output = #decision> + ::core::marker::Send + 'a);
    let nothing = quote!({
        let _ = access;
        ::core::future::ready(::core::result::Result::Ok(()))
    });

    let permit_bounds = rules.permit_bounds(runtime, &state, &user);
    let (has_permission, anonymous, permit) = match &rules.permit {
        Some(permit) => {
            let ty = permit.ty(runtime);
            (
                true,
                quote!(<#ty as #runtime::Permission<#state, __U>>::ANONYMOUS),
                quote!({ #runtime::Permission::<#state, __U>::has_permission(&__WRITTEN.permission.0, access) }),
            )
        }
        None => (false, quote!(#runtime::permission::Anonymous::ALLOWED), nothing.clone()),
    };
    let permit_text = rules.permit_text();

    let throttle_bounds = rules.throttle_bounds(runtime, &state, &user);
    let client_bound = rules.client_bound(runtime, &quote!(__A));
    let throttle = match &rules.throttle {
        Some(throttle) if !throttle.is_none() => {
            let body = throttle.body(runtime, &state, &user);
            quote!(async fn throttle<'a>(#arguments) -> #decision { #body })
        }
        _ => quote!(fn throttle<'a>(#arguments) -> #future #nothing),
    };
    let throttle_text = rules.throttle_text();
    let resolve = rules.reads_client().then(|| {
        quote! {
            fn resolve<'a, __R, __C, __T>(
                chain: &'a __C,
                request: &'a #runtime::http::request::Parts,
                state: &'a __R,
                pick: impl ::core::ops::Fn(__A) -> ::core::option::Option<__T>
                    + ::core::marker::Send + ::core::marker::Sync + 'a,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<#runtime::Resolved<__U, __T>, #runtime::AuthError>,
            > + ::core::marker::Send + 'a
            where
                __R: ::core::marker::Sync,
                __C: #runtime::Chain<__R, User = __U, Auth = __A>,
                __T: ::core::marker::Send + 'a,
            {
                #runtime::__private::resolve_with_client(chain, request, state, pick)
            }
        }
    });
    quote_spanned! {name.span()=>
        #[automatically_derived]
        impl<#any_state __U: #runtime::User> #runtime::DefaultPermission<#state, __U> for #name
        where
            #permit_bounds
        {
            const HAS_PERMISSION: bool = #has_permission;
            const ANONYMOUS: #runtime::permission::Anonymous = #anonymous;
            const DECLARED: ::core::option::Option<&'static str> = #permit_text;

            fn permit<'a>(#arguments) -> #future #permit
        }

        #[automatically_derived]
        #[allow(refining_impl_trait)]
        impl<#any_state __U: #runtime::User, __A: ::core::marker::Send + 'static>
            #runtime::DefaultThrottles<#state, __U, __A> for #name
        where
            #throttle_bounds #client_bound
        {
            const DECLARED: ::core::option::Option<&'static str> = #throttle_text;

            #throttle
            #resolve
        }
    }
}
