//! From a scheme or chain that can work to tokens. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitStr, Path, Type};

use super::model::{Derived, Kind, Place, SchemeOption, Verification};
use crate::chain::{Constants, Scheme};
use crate::permit::Permissions;

impl Derived {
    pub(super) fn expand(self) -> TokenStream {
        match &self.kind {
            Kind::Chain { schemes, permit, all_challenges } => self.chain(schemes, permit.as_ref(), *all_challenges),
            Kind::Scheme { options, auth, verification } => {
                let declaration = self.declaration(options, auth.as_ref(), verification);
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
                    #[automatically_derived]
                    const _: () = { #scheme };
                }
            }
        }
    }

    /// `Authenticator` and `declare`: what lets the struct stand in `#[authenticate(..)]`.
    fn declaration(&self, options: &[SchemeOption], auth: Option<&Type>, verification: &Verification) -> TokenStream {
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
                quote!(#runtime::Claim::#claim(#name))
            }
            Verification::Wraps { scheme, .. } => {
                let constants = Constants::of(std::slice::from_ref(scheme), runtime);
                let items = &constants.items;
                quote!({ #items __SCHEME0.claim })
            }
            Verification::ByHand => quote!(#runtime::Claim::Nothing),
        };
        let names = options.iter().map(|option| &option.name);
        let defaults = options.iter().map(|option| &option.default);
        quote! {
            #[automatically_derived]
            impl #runtime::Authenticator for #name {
                type Auth = #auth_type;
                const NAME: &'static str = #text;
                const DEFAULT: Self = Self { #(#names: #defaults),* };
            }

            #[automatically_derived]
            impl #name {
                #[doc = "Declares the scheme with these options, when the chain is compiled."]
                #[allow(dead_code, unreachable_pub)]
                pub const fn declare(self) -> #runtime::Declared<Self> {
                    #runtime::Declared { claim: #claim, scheme: self }
                }
            }
        }
    }

    /// The generic parameters of the impl and the state they are for.
    fn state(&self) -> (TokenStream, TokenStream) {
        let runtime = &self.runtime;
        match &self.state {
            Some(state) => (quote!(), quote!(#state)),
            None => (quote!(<__S: #runtime::AuthState>), quote!(__S)),
        }
    }

    /// `verify(value)`, with the scheme in front where it has options and the state behind where it is known.
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
        let user = user.map_or_else(
            || quote!(<<#state as #runtime::AuthState>::Backend as #runtime::store::Backend>::User),
            |user| quote!(#user),
        );
        let reader = format_ident!(
            "{}",
            match place {
                Place::Header => "header",
                Place::Cookie => "cookie_source",
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
            quote!(::core::option::Option::Some((user, auth)) => #runtime::Outcome::Authenticated(user, auth))
        } else {
            quote!(::core::option::Option::Some(user) => #runtime::Outcome::Authenticated(user, ()))
        };
        let challenge = challenge.map(|challenge| {
            quote_spanned! {challenge.span()=>
                fn challenge(&self) -> ::core::option::Option<#runtime::Challenge> {
                    ::core::option::Option::Some(#runtime::Challenge::verbatim(#challenge))
                }
            }
        });
        quote! {
            impl #generics #runtime::Scheme<#state> for #name {
                type User = #user;

                async fn authenticate<'a>(
                    &'a self,
                    request: &'a #runtime::http::request::Parts,
                    state: &'a #state,
                ) -> #runtime::Verdict<Self::User, <Self as #runtime::Authenticator>::Auth> {
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
                    ::core::result::Result::Ok(match #call? {
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
            impl #generics #runtime::Scheme<#state> for #name #bound {
                type User = #user;

                async fn authenticate<'a>(
                    &'a self,
                    request: &'a #runtime::http::request::Parts,
                    state: &'a #state,
                ) -> #runtime::Verdict<Self::User, <Self as #runtime::Authenticator>::Auth> {
                    static INNER: #path = __SCHEME0.scheme;
                    let outcome = #runtime::Scheme::<#state>::authenticate(&INNER, request, state).await?;
                    ::core::result::Result::Ok(#map)
                }

                fn challenge(&self) -> ::core::option::Option<#runtime::Challenge> {
                    static INNER: #path = __SCHEME0.scheme;
                    #runtime::Scheme::<#state>::challenge(&INNER)
                }
            }
        }
    }

    fn chain(&self, schemes: &[Scheme], permit: Option<&Permissions>, all_challenges: bool) -> TokenStream {
        let Self { name, runtime, .. } = self;
        let Constants { items, chain, value, aliases } = Constants::of(schemes, runtime);
        let [first, later @ ..] = aliases.as_slice() else { return TokenStream::new() };
        let challenges = if all_challenges { quote!(All) } else { quote!(First) };
        let (permit_type, permit_value) = match permit {
            Some(permit) => (permit.ty(runtime), permit.value(runtime)),
            None => (quote!(#runtime::permission::AllowAny), quote!(#runtime::permission::AllowAny)),
        };
        let state = self.state().1;
        let user = quote!(<#first as #runtime::Scheme<#state>>::User);
        let (generics, bound) = match &self.state {
            Some(_) => (quote!(), quote!()),
            None => {
                let leaves = permit.iter().flat_map(|permit| permit.leaves());
                // Naming the user keeps the bounds apart where one scheme stands twice.
                let bound = quote! {
                    where
                        __U: #runtime::User,
                        #(#aliases: #runtime::Scheme<__S, User = __U>,)*
                        #(#leaves: #runtime::Permission<__S, __U>,)*
                };
                (quote!(<__S: #runtime::AuthState, __U>), bound)
            }
        };
        let asserts = self.state.as_ref().map(|state| {
            let schemes = aliases.iter().map(|alias| {
                quote_spanned!(alias.span()=> const _: () = #runtime::__private::assert_scheme::<#alias, #state>();)
            });
            let users = later.iter().map(|alias| {
                quote_spanned! {alias.span()=>
                    const _: () = #runtime::__private::assert_same_user::<#alias, #state, #user>();
                }
            });
            quote!(#(#schemes)* #(#users)*)
        });
        quote! {
            #[automatically_derived]
            #[allow(clippy::all, clippy::pedantic)]
            const _: () = {
                #items
                impl #generics #runtime::Policy<#state> for #name #bound {
                    type Chain = #chain;
                    type Permit = #permit_type;
                    type Auth = <Self::Chain as #runtime::Chain<#state>>::Auth;
                    const CHALLENGES: #runtime::Challenges = #runtime::Challenges::#challenges;
                    fn chain() -> &'static Self::Chain {
                        static CHAIN: #chain = #value;
                        &CHAIN
                    }
                    fn permit() -> &'static Self::Permit {
                        static PERMIT: #permit_type = #permit_value;
                        &PERMIT
                    }
                    fn select(auth: Self::Auth) -> ::core::option::Option<Self::Auth> {
                        ::core::option::Option::Some(auth)
                    }
                }
                #asserts
            };
        }
    }
}
