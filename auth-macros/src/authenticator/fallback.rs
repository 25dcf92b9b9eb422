//! The output for a scheme with a faulty declaration, besides its errors: impls, so that its uses cause no further errors.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Expr, Fields, Meta, parse_quote};

use crate::attribute::arguments;
use crate::meta::Keys;

pub(super) fn scheme(input: &DeriveInput) -> TokenStream {
    let keys = Keys::of(input, "authenticator");
    let runtime = keys.runtime();
    let name = &input.ident;
    let (generics, parameters, _) = input.generics.split_for_impl();
    let bounds = input.generics.type_params().map(|parameter| &parameter.ident);
    let bounds = quote!(where #(#bounds: ::core::marker::Send + ::core::marker::Sync + 'static,)*);
    let auth = keys.ty("auth").unwrap_or_else(|| parse_quote!(()));
    let default = default(input);
    // A scheme that is written by hand has its own impl.
    let is_by_hand = keys.all().all(|key| ["auth", "crate", "csrf", "state"].iter().any(|own| key == own));
    let scheme = (!is_by_hand).then(|| {
        let user = keys
            .ty("user")
            .unwrap_or_else(|| parse_quote!(<<__S as #runtime::AuthState>::Backend as #runtime::store::Backend>::User));
        let mut generics = input.generics.clone();
        generics.params.push(parse_quote!(__S: #runtime::AuthState));
        let (generics, _, _) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #generics #runtime::Scheme<__S> for #name #parameters #bounds {
                type User = #user;

                async fn authenticate<'a>(
                    &'a self,
                    _: &'a #runtime::http::request::Parts,
                    _: &'a __S,
                ) -> #runtime::SchemeResult<Self::User, #auth> {
                    ::core::result::Result::Ok(#runtime::Outcome::Skipped)
                }
            }
        }
    });
    quote_spanned! {name.span()=>
        const _: () = {
            #[automatically_derived]
            impl #generics #runtime::Authenticator for #name #parameters #bounds {
                type Auth = #auth;
                const NAME: &'static str = "";
                const DEFAULT: Self = #default;
            }

            impl #generics #name #parameters #bounds {
                #[doc(hidden)]
                #[allow(dead_code, unreachable_pub)]
                pub const fn declare(self) -> #runtime::CheckedScheme<Self> {
                    #runtime::CheckedScheme { claim: #runtime::CredentialSource::Nothing, scheme: self }
                }
            }

            #scheme
        };
    }
}

/// Returns a value of the struct, if its fields have defaults.
fn default(input: &DeriveInput) -> TokenStream {
    let none = quote!(::core::panic!("an option has no default"));
    let Data::Struct(data) = &input.data else { return none };
    let fields = data.fields.iter().map(|field| {
        let name = field.ident.as_ref()?;
        let attribute = field.attrs.iter().find(|attribute| attribute.path().is_ident("authenticator"))?;
        match syn::parse2::<Meta>(arguments(attribute)).ok()? {
            Meta::NameValue(pair) if pair.path.is_ident("default") => Some((name, pair.value)),
            _ => None,
        }
    });
    match (&data.fields, fields.collect::<Option<Vec<(_, Expr)>>>()) {
        (Fields::Unit, _) => quote!(Self),
        (_, Some(fields)) => {
            let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
            quote!(Self { #(#names: #values),* })
        }
        (_, None) => none,
    }
}
