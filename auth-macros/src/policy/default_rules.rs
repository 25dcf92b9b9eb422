//! The rules of a named policy when it is used as a default policy.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, Path};

use super::model::Rules;

/// Implements the rules of the named policy `name` as those of a default policy: for every user that they fit, since other
/// chains keep them. `state` is the only state that the chain is for.
pub(crate) fn default_rules(name: &Ident, runtime: &Path, state: Option<&syn::Type>, rules: &Rules) -> TokenStream {
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
