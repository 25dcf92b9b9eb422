//! The output for a policy with a faulty declaration, besides its errors: impls, so that its uses cause no further errors.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, parse_quote};

use crate::meta::Keys;

/// Builds a policy that refuses every caller.
pub(super) fn policy(input: &DeriveInput) -> TokenStream {
    let runtime = Keys::of(input, "policy").runtime();
    let name = &input.ident;
    let (_, parameters, _) = input.generics.split_for_impl();
    let mut generics = input.generics.clone();
    let bounds = generics.type_params().map(|parameter| &parameter.ident);
    let bounds = quote!(#(#bounds: ::core::marker::Send + ::core::marker::Sync + 'static,)*);
    generics.params.push(parse_quote!(__S: #runtime::AuthState));
    let (generics, _, _) = generics.split_for_impl();
    let user = quote!(<<__S as #runtime::AuthState>::Backend as #runtime::store::Backend>::User);
    quote_spanned! {name.span()=>
        const _: () = {
            #[automatically_derived]
            #[allow(refining_impl_trait)]
            impl #generics #runtime::Policy<__S> for #name #parameters where #bounds {
                type User = #user;
                type Auth = ();

                async fn resolve<'a>(
                    _: &'a #runtime::http::request::Parts,
                    _: &'a __S,
                ) -> ::core::result::Result<#runtime::Resolved<#user, ()>, #runtime::AuthError> {
                    ::core::result::Result::Err(#runtime::AuthError::permission_denied())
                }

                fn challenges(_: &__S) -> #runtime::__private::ChallengeList {
                    ::core::default::Default::default()
                }

                async fn permit<'a>(
                    _: &'a #runtime::permission::Access<'a, __S, #user>,
                ) -> ::core::result::Result<(), #runtime::AuthError> {
                    ::core::result::Result::Err(#runtime::AuthError::permission_denied())
                }
            }

            #[automatically_derived]
            impl #generics #runtime::StatesPermission<__S> for #name #parameters where #bounds {}
        };
    }
}
