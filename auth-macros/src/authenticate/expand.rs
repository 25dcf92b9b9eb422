//! From a handler that can work to tokens. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ItemFn, parse_quote_spanned};

use super::check::names_parameter;
use super::model::{Chain, Handler, Marked};
use crate::chain::Constants;

/// The handler with one extractor in front of its arguments, and the items beside it.
pub(crate) struct Expansion {
    pub(crate) function: ItemFn,
    pub(crate) items: TokenStream,
}

impl Handler {
    pub(crate) fn expand(self) -> Expansion {
        let items = self.policy();
        let extractor = self.extractor();
        let mut function = self.function;
        function.sig.inputs.insert(0, extractor);
        Expansion { function, items }
    }

    /// `Auth { user: me, auth: Credentials(token), .. }: Auth<Account, Policy, Credentials<AccessToken>>`.
    fn extractor(&self) -> FnArg {
        let runtime = &self.runtime;
        let policy = self.policy_type();
        let (user, user_type) = match &self.user {
            Some(Marked { pattern, ty }) => (quote!(user: #pattern,), quote!(#ty)),
            None => (quote!(), quote!(#runtime::Unread)),
        };
        let (auth, auth_type) = match &self.auth {
            Some(Marked { pattern, ty }) => {
                (quote!(auth: #runtime::Credentials(#pattern),), quote!(#runtime::Credentials<#ty>))
            }
            None => (quote!(), quote!(#runtime::Unread)),
        };
        let span = self.user.as_ref().map_or_else(|| self.function.sig.ident.span(), |user| user.ty.span());
        parse_quote_spanned! {span=> #runtime::Auth { #user #auth .. }: #runtime::Auth<#user_type, #policy, #auth_type> }
    }

    fn policy_type(&self) -> TokenStream {
        let name = &self.policy_name;
        match &self.chain {
            Chain::Policy { parameters, .. } if !parameters.is_empty() => quote!(#name<#(#parameters),*>),
            _ => quote!(#name),
        }
    }

    /// The type that carries the policy, its `Policy`, and the assertions that stand on the user's tokens.
    fn policy(&self) -> TokenStream {
        let name = &self.policy_name;
        let cfg = self.function.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        let cfg: Vec<&Attribute> = cfg.collect();
        let runtime = &self.runtime;
        let vis = &self.function.vis;
        let form = self.csrf_form.iter().filter(|form| !names_parameter(form, &self.function)).map(|form| {
            quote_spanned! {form.span()=>
                const _: () = #runtime::__private::assert_verifies_csrf_form::<#form>();
            }
        });
        let (declaration, body) = match &self.chain {
            Chain::Schemes { schemes, all_challenges } if !schemes.is_empty() => {
                (quote!(enum #name {}), self.of_schemes(&Constants::of(schemes, runtime), *all_challenges))
            }
            Chain::Schemes { .. } => (quote!(enum #name {}), self.of_no_schemes()),
            Chain::Policy { path, parameters } if parameters.is_empty() => {
                (quote!(enum #name {}), self.of_policy(&path.to_token_stream(), &[]))
            }
            Chain::Policy { path, parameters } => (
                quote!(struct #name<#(#parameters),*>(#runtime::__private::Marker<(#(#parameters,)*)>);),
                self.of_policy(&path.to_token_stream(), parameters),
            ),
            Chain::StateDefault => {
                let span = self.function.sig.ident.span();
                (quote!(enum #name {}), self.of_policy(&quote_spanned!(span=> #runtime::StateDefault), &[]))
            }
        };
        quote! {
            #(#cfg)*
            #[doc(hidden)]
            #[allow(non_camel_case_types, missing_debug_implementations, dead_code, unreachable_pub)]
            #vis #declaration
            #(#cfg)*
            #[allow(non_camel_case_types, clippy::all, clippy::pedantic)]
            const _: () = { #body #(#form)* };
        }
    }

    fn of_schemes(&self, constants: &Constants, all_challenges: bool) -> TokenStream {
        let Constants { items, chain, value, aliases } = constants;
        let runtime = &self.runtime;
        let [first, later @ ..] = aliases.as_slice() else { return TokenStream::new() };
        // Naming the user keeps the bounds apart where one scheme stands twice.
        let bounds = quote!(__U: #runtime::User, #(#aliases: #runtime::Scheme<__S, User = __U>,)*);
        let challenges = if all_challenges { quote!(All) } else { quote!(First) };
        let permit =
            self.permit_items(&quote!(#runtime::permission::AllowAny), &quote!(#runtime::permission::AllowAny));
        let permit_bound = self.permit_bound(&quote!(__U));
        let select = self
            .select(&quote!(<Self::Chain as #runtime::Chain<__S>>::Auth), &quote!(::core::option::Option::Some(auth)));
        let name = &self.policy_name;
        let form = self.csrf_form.is_some();
        let asserts = self.state.as_ref().map(|state| {
            let user = quote!(#runtime::__private::SchemeUser<#first, #state>);
            let schemes = aliases.iter().map(|alias| {
                quote_spanned!(alias.span()=> const _: () = #runtime::__private::assert_scheme::<#alias, #state>();)
            });
            let users = later.iter().map(|alias| {
                quote_spanned! {alias.span()=>
                    const _: () = #runtime::__private::assert_same_user::<#alias, #state, #user>();
                }
            });
            let arguments = self.assert_arguments(&user, state);
            quote!(#(#schemes)* #(#users)* #arguments)
        });
        let state = self.assert_state();
        quote! {
            #items
            #[automatically_derived]
            impl<__S: #runtime::AuthState, __U> #runtime::Policy<__S> for #name where #bounds #permit_bound {
                type Chain = #chain;
                const CHALLENGES: #runtime::Challenges = #runtime::Challenges::#challenges;
                const VERIFIES_CSRF_FORM: bool = #form;
                fn chain() -> &'static Self::Chain {
                    static CHAIN: #chain = #value;
                    &CHAIN
                }
                #permit
                #select
            }
            #state
            #asserts
        }
    }

    fn of_no_schemes(&self) -> TokenStream {
        let runtime = &self.runtime;
        let name = &self.policy_name;
        let permit =
            self.permit_items(&quote!(#runtime::permission::AllowAny), &quote!(#runtime::permission::AllowAny));
        let permit_bound = self.permit_bound(&quote!(#runtime::Nobody));
        let form = self.csrf_form.is_some();
        let state = self.assert_state();
        quote! {
            #[automatically_derived]
            impl<__S: #runtime::AuthState> #runtime::Policy<__S> for #name where #permit_bound {
                type Chain = #runtime::NoSchemes;
                const VERIFIES_CSRF_FORM: bool = #form;
                fn chain() -> &'static Self::Chain {
                    &#runtime::NoSchemes
                }
                #permit
                type Auth = <Self::Chain as #runtime::Chain<__S>>::Auth;
                fn select(auth: Self::Auth) -> ::core::option::Option<Self::Auth> {
                    ::core::option::Option::Some(auth)
                }
            }
            #state
        }
    }

    /// A policy like `policy`, with what the handler says itself in the place of what `policy` says.
    fn of_policy(&self, policy: &TokenStream, parameters: &[syn::Ident]) -> TokenStream {
        let runtime = &self.runtime;
        let name = self.policy_type();
        let span = policy.span();
        // With the state known the impl is for it alone: that is what lets credentials be picked out of the policy's.
        let (generics, state, bound) = match (&self.state, &self.auth) {
            (Some(state), Some(_)) => (quote!(), quote!(#state), quote!()),
            _ => {
                let bound = quote_spanned!(span=> #policy: #runtime::Policy<__S>,);
                (quote!(<__S: #runtime::AuthState, #(#parameters),*>), quote!(__S), bound)
            }
        };
        let of = quote_spanned!(span=> <#policy as #runtime::Policy<#state>>);
        let user = quote!(#runtime::__private::UserOf<#policy, #state>);
        let permit = self.permit_items(&quote!(#of::Permit), &quote!());
        let permit = if self.permit.is_some() {
            permit
        } else {
            quote! {
                type Permit = #of::Permit;
                fn permit() -> &'static Self::Permit {
                    #of::permit()
                }
            }
        };
        let permit_bound = self.permit_bound(&user);
        let select = match &self.auth {
            Some(_) => self.select(&quote!(<Self::Chain as #runtime::Chain<#state>>::Auth), &quote!(#of::select(auth))),
            None => quote! {
                type Auth = #of::Auth;
                fn select(auth: <Self::Chain as #runtime::Chain<#state>>::Auth) -> ::core::option::Option<Self::Auth> {
                    #of::select(auth)
                }
            },
        };
        let form = self.csrf_form.is_some();
        let asserts = self.state.as_ref().filter(|_| parameters.is_empty()).map(|state| {
            let arguments = self.assert_arguments(&quote!(#runtime::__private::UserOf<#policy, #state>), state);
            quote_spanned! {span=> const _: () = #runtime::__private::assert_policy::<#policy, #state>(); #arguments }
        });
        let assert_state = self.assert_state();
        quote! {
            #[automatically_derived]
            impl #generics #runtime::Policy<#state> for #name where #bound #permit_bound {
                type Chain = #of::Chain;
                const CHALLENGES: #runtime::Challenges = #of::CHALLENGES;
                const VERIFIES_CSRF_FORM: bool = #form;
                fn chain() -> &'static Self::Chain {
                    #of::chain()
                }
                #permit
                #select
            }
            #assert_state
            #asserts
        }
    }

    fn permit_items(&self, default_type: &TokenStream, default_value: &TokenStream) -> TokenStream {
        let (ty, value) = match &self.permit {
            Some(permit) => (permit.ty(&self.runtime), permit.value(&self.runtime)),
            None => (default_type.clone(), default_value.clone()),
        };
        quote! {
            type Permit = #ty;
            fn permit() -> &'static Self::Permit {
                static PERMIT: #ty = #value;
                &PERMIT
            }
        }
    }

    /// What the impl must demand of the permission, since neither the state nor the user are known in it.
    fn permit_bound(&self, user: &TokenStream) -> TokenStream {
        let runtime = &self.runtime;
        let leaves = self.permit.iter().flat_map(|permit| permit.leaves());
        let state = match (&self.state, &self.auth, &self.chain) {
            (Some(state), Some(_), Chain::Policy { .. } | Chain::StateDefault) => state.to_token_stream(),
            _ => quote!(__S),
        };
        leaves.map(|leaf| quote_spanned!(leaf.span()=> #leaf: #runtime::Permission<#state, #user>,)).collect()
    }

    fn select(&self, chain_auth: &TokenStream, policy_auth: &TokenStream) -> TokenStream {
        let runtime = &self.runtime;
        let Some(Marked { ty, .. }) = &self.auth else {
            return quote! {
                type Auth = #chain_auth;
                fn select(auth: Self::Auth) -> ::core::option::Option<Self::Auth> {
                    ::core::option::Option::Some(auth)
                }
            };
        };
        let wanted = inside_option(ty);
        let pick = quote_spanned!(wanted.span()=> #runtime::__private::select::<#wanted, _, _>);
        quote! {
            type Auth = #wanted;
            fn select(auth: #chain_auth) -> ::core::option::Option<Self::Auth> {
                #policy_auth.and_then(#pick)
            }
        }
    }

    fn assert_state(&self) -> Option<TokenStream> {
        let runtime = &self.runtime;
        self.state
            .as_ref()
            .map(|state| quote_spanned!(state.span()=> const _: () = #runtime::__private::assert_state::<#state>();))
    }

    /// That the permission and the arguments fit the user and the state.
    fn assert_arguments(&self, user: &TokenStream, state: &syn::Type) -> TokenStream {
        let runtime = &self.runtime;
        let leaves = self.permit.iter().flat_map(|permit| permit.leaves()).map(|leaf| {
            quote_spanned! {leaf.span()=>
                const _: () = #runtime::__private::assert_permission::<#leaf, #state, #user>();
            }
        });
        let argument =
            self.user.iter().filter(|user| !names_parameter(&user.ty, &self.function)).map(|Marked { ty, .. }| {
                quote_spanned! {ty.span()=>
                    const _: () = #runtime::__private::assert_user_argument::<#ty, #user>();
                }
            });
        quote!(#(#leaves)* #(#argument)*)
    }
}

/// `T` of `Option<T>`, or the type itself.
fn inside_option(ty: &syn::Type) -> &syn::Type {
    if let syn::Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && last.ident == "Option"
        && let syn::PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(syn::GenericArgument::Type(inside)) = arguments.args.first()
    {
        return inside;
    }
    ty
}
