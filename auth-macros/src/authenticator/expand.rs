//! Turns a valid scheme into tokens. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitStr, Path, Type};

use super::model::{CsrfCheck, DerivedScheme, Place, SchemeOption, Verification};
use crate::chain::{Constants, Scheme};

impl DerivedScheme {
    pub(super) fn expand(self) -> TokenStream {
        let Self { options, auth, csrf, verification, .. } = &self;
        let declaration = self.declaration(options, auth.as_ref(), *csrf, verification);
        let scheme = match verification {
            Verification::ByHand => TokenStream::new(),
            Verification::Source { place, name, verify, user, challenge } => {
                let call = self.verify_call(verify, !options.is_empty());
                self.source(*place, name, &call, user.as_ref(), auth.is_some(), challenge.as_ref())
            }
            Verification::Wraps { scheme, map_user, user } => self.wraps(scheme, map_user, user),
        };
        quote! {
            #declaration
            #[allow(unused_qualifications)]
            const _: () = { #scheme };
        }
    }

    /// Builds `Authenticator` and `declare`, which allow the struct in `#[authenticate(..)]`.
    fn declaration(
        &self,
        options: &[SchemeOption],
        auth: Option<&Type>,
        csrf: Option<CsrfCheck>,
        verification: &Verification,
    ) -> TokenStream {
        let Self { name, runtime, .. } = self;
        let text = name.to_string();
        let auth_type = match (auth, verification) {
            (Some(auth), _) => quote!(#auth),
            (None, Verification::Wraps { scheme, .. }) => {
                let path = &scheme.path;
                quote!(<#path as #runtime::Authenticator>::Auth)
            }
            (None, _) => quote!(()),
        };
        let claim = match verification {
            Verification::Source { place, name, .. } => {
                let claim = format_ident!(
                    "{}",
                    match place {
                        Place::Header => "Header",
                        Place::Cookie => "Cookie",
                        Place::Query => "Query",
                    }
                );
                quote!(#runtime::CredentialSource::#claim(#name))
            }
            Verification::Wraps { scheme, .. } => {
                let constants = Constants::of(std::slice::from_ref(scheme), runtime);
                let items = &constants.items;
                quote!({ #items __SCHEME0.claim })
            }
            Verification::ByHand => quote!(#runtime::CredentialSource::Nothing),
        };
        let csrf = self.csrf_check(csrf, verification);
        let names = options.iter().map(|option| &option.name);
        let defaults = options.iter().map(|option| &option.default);
        quote! {
            #[automatically_derived]
            impl #runtime::Authenticator for #name {
                type Auth = #auth_type;
                const NAME: &'static str = #text;
                const DEFAULT: Self = Self { #(#names: #defaults),* };
                #csrf
            }

            impl #name {
                #[doc = "Declares the scheme with these options, when the chain is compiled."]
                #[allow(dead_code, unreachable_pub)]
                pub const fn declare(self) -> #runtime::CheckedScheme<Self> {
                    #runtime::CheckedScheme { claim: #claim, scheme: self }
                }
            }
        }
    }

    /// Returns how requests are checked for forgery: as the user states, or according to what is read. A scheme that is written
    /// by hand keeps the default of the trait.
    fn csrf_check(&self, csrf: Option<CsrfCheck>, verification: &Verification) -> TokenStream {
        let runtime = &self.runtime;
        let check = match (csrf, verification) {
            (Some(check), _) => check,
            (None, Verification::Source { place, name, .. }) => place.csrf_check(&name.value()),
            (None, Verification::Wraps { scheme, .. }) => {
                let path = &scheme.path;
                return quote! {
                    const CSRF: #runtime::CsrfCheck = <#path as #runtime::Authenticator>::CSRF;
                };
            }
            (None, Verification::ByHand) => return TokenStream::new(),
        };
        let variant = match check {
            CsrfCheck::Cookie => quote!(Cookie),
            CsrfCheck::Browser => quote!(Browser),
            CsrfCheck::Off => quote!(Off),
        };
        quote!(const CSRF: #runtime::CsrfCheck = #runtime::CsrfCheck::#variant;)
    }

    /// Returns the generic parameters of the impl and the state that they are for.
    fn state(&self) -> (TokenStream, TokenStream) {
        let runtime = &self.runtime;
        match &self.state {
            Some(state) => (quote!(), quote!(#state)),
            None => (quote!(<__S: #runtime::AuthState>), quote!(__S)),
        }
    }

    /// Builds `verify(value)`, with the scheme as first argument if it has options, and the state as last argument if it is
    /// known.
    fn verify_call(&self, verify: &Path, with_options: bool) -> TokenStream {
        let scheme = with_options.then(|| quote!(self,));
        let state = self.state.as_ref().map(|_| quote!(state));
        quote_spanned!(verify.span()=> #verify(#scheme &value, #state).await)
    }

    fn source(
        &self,
        place: Place,
        source: &LitStr,
        call: &TokenStream,
        user: Option<&Type>,
        with_auth: bool,
        challenge: Option<&LitStr>,
    ) -> TokenStream {
        let Self { name, runtime, .. } = self;
        let (generics, state) = self.state();
        let call_span = call.span();
        let call = quote_spanned!(call_span=> #call?);
        let user = user.map_or_else(
            || quote!(<<#state as #runtime::AuthState>::Backend as #runtime::store::Backend>::User),
            |user| quote!(#user),
        );
        let reader = format_ident!(
            "{}",
            match place {
                Place::Header => "header",
                Place::Cookie => "cookie",
                Place::Query => "query",
            }
        );
        let unreadable = format!(
            "Invalid {} {}.",
            source.value(),
            match place {
                Place::Header => "header",
                Place::Cookie => "cookie",
                Place::Query => "parameter",
            }
        );
        let accept = if with_auth {
            quote_spanned!(call_span=> ::core::option::Option::Some((user, auth)) => #runtime::Outcome::Authenticated(user, auth))
        } else {
            quote_spanned!(call_span=> ::core::option::Option::Some(user) => #runtime::Outcome::Authenticated(user, ()))
        };
        let challenge = challenge.map(|challenge| {
            quote_spanned! {challenge.span()=>
                fn challenge(&self) -> ::core::option::Option<#runtime::Challenge> {
                    ::core::option::Option::Some(#runtime::Challenge::verbatim(#challenge))
                }
            }
        });
        // Parsed once, at compile time.
        let (header, source) = match place {
            Place::Header => {
                let lower_case = LitStr::new(&source.value().to_ascii_lowercase(), source.span());
                let name = quote!(#runtime::http::HeaderName);
                (Some(quote!(static __HEADER: #name = #name::from_static(#lower_case);)), quote!(&__HEADER))
            }
            Place::Cookie | Place::Query => (None, quote!(#source)),
        };
        let is_there = match place {
            Place::Header => quote!(request.headers.contains_key(&__HEADER)),
            Place::Cookie => quote!(request.headers.contains_key(#runtime::http::header::COOKIE)),
            Place::Query => quote!(request.uri.query().is_some()),
        };
        quote_spanned! {call_span=>
            #header
            impl #generics #runtime::Scheme<#state> for #name {
                type User = #user;

                fn is_addressed(&self, request: &#runtime::http::request::Parts, _: &#state) -> bool {
                    #is_there
                }

                async fn authenticate<'a>(
                    &'a self,
                    request: &'a #runtime::http::request::Parts,
                    state: &'a #state,
                ) -> #runtime::SchemeResult<Self::User, <Self as #runtime::Authenticator>::Auth> {
                    let _ = state;
                    let value = match #runtime::__private::#reader(request, #source) {
                        #runtime::__private::Source::Absent => {
                            return ::core::result::Result::Ok(#runtime::Outcome::Skipped);
                        }
                        #runtime::__private::Source::Unreadable => {
                            return ::core::result::Result::Err(#runtime::AuthError::authentication_failed(#unreadable));
                        }
                        #runtime::__private::Source::Present(value) => value,
                    };
                    ::core::result::Result::Ok(match #call {
                        #accept,
                        ::core::option::Option::None => {
                            return ::core::result::Result::Err(#runtime::AuthError::incorrect_credentials());
                        }
                    })
                }

                #challenge
            }
        }
    }

    fn wraps(&self, scheme: &Scheme, map_user: &Path, user: &Type) -> TokenStream {
        let Self { name, runtime, .. } = self;
        let (generics, state) = self.state();
        let path = &scheme.path;
        let Constants { items, .. } = Constants::of(std::slice::from_ref(scheme), runtime);
        let bound = self.state.is_none().then(|| quote!(where #path: #runtime::Scheme<#state>));
        let map = quote_spanned!(map_user.span()=> outcome.map_user(#map_user));
        quote! {
            #items
            static __INNER: #path = __SCHEME0.scheme;
            impl #generics #runtime::Scheme<#state> for #name #bound {
                type User = #user;

                async fn authenticate<'a>(
                    &'a self,
                    request: &'a #runtime::http::request::Parts,
                    state: &'a #state,
                ) -> #runtime::SchemeResult<Self::User, <Self as #runtime::Authenticator>::Auth> {
                    let outcome = #runtime::Scheme::<#state>::authenticate(&__INNER, request, state).await?;
                    ::core::result::Result::Ok(#map)
                }

                fn challenge(&self) -> ::core::option::Option<#runtime::Challenge> {
                    #runtime::Scheme::<#state>::challenge(&__INNER)
                }
            }
        }
    }
}
