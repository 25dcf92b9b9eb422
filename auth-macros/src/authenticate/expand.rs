//! Turns a valid handler into tokens. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, ItemFn, PatType, parse_quote_spanned};

use super::model::{Chain, Handler, MarkedArgument};
use super::signature::{is_always_there, names_parameter};
use super::{asserts, witness};
use crate::attribute::is_inert;
use crate::chain::{Scheme, aliases};
use crate::policy::{ChainPolicy, CredentialChoice, Fallback, KnownState, PolicyKind, declaration};
use crate::tokens::respanned;

/// The handler with one extractor in front of its arguments, and the items beside it.
pub(crate) struct Expansion {
    pub(crate) function: ItemFn,
    pub(crate) items: TokenStream,
}

impl Handler {
    pub(crate) fn expand(self) -> Expansion {
        let mut function = self.function.clone();
        match (self.guarded(), function.sig.inputs.first_mut()) {
            (Some(guarded), Some(first)) => *first = guarded,
            _ => function.sig.inputs.insert(0, self.extractor()),
        }
        let demands = self.before.as_ref().map(|before| {
            let guard = witness::of_guard(&function, before, &self.extracted_policy(), &self.runtime);
            let result = asserts::of_result(&function, &self.runtime);
            quote!(#guard #result)
        });
        let witness = demands.filter(|demands| !demands.is_empty()).map(|demands| witness::function(&demands));
        let items = self.policy(witness.as_ref());
        Expansion { function, items }
    }

    /// Replaces the first argument by `Guarded { inner: State(app), .. }: Guarded<Policy, State<App>>`.
    ///
    /// Only if no attribute can remove that argument, and the guard with it. If the handler takes no caller, this keeps the
    /// number of its arguments, so that an attribute above, which has counted them, stays right. An attribute below would not
    /// recognize the argument, and finds all of them unchanged.
    fn guarded(&self) -> Option<FnArg> {
        let attributes = &self.function.attrs;
        if self.user.is_some() || self.auth.is_some() || attributes.iter().any(|attribute| !is_inert(attribute)) {
            return None;
        }
        let FnArg::Typed(first) = self.function.sig.inputs.first()? else { return None };
        if !is_always_there(first) {
            return None;
        }
        let PatType { attrs: lints, pat, ty, .. } = first;
        let runtime = &self.runtime;
        let policy = self.extracted_policy();
        Some(parse_quote_spanned! {ty.span()=>
            #(#lints)* #runtime::Guarded { inner: #pat, .. }: #runtime::Guarded<#policy, #ty>
        })
    }

    /// Builds `Auth { user: me, auth: Credentials(token), .. }: Auth<Account, Policy, Credentials<AccessToken>>`.
    fn extractor(&self) -> FnArg {
        let runtime = &self.runtime;
        let policy = self.extracted_policy();
        let (user, user_type) = match &self.user {
            Some(MarkedArgument { pattern, ty, .. }) => (quote!(user: #pattern,), quote!(#ty)),
            None => (quote!(), quote!(#runtime::Ignored)),
        };
        let (auth, auth_type) = match &self.auth {
            Some(MarkedArgument { pattern, ty, .. }) => {
                (quote!(auth: #runtime::Credentials(#pattern),), quote!(#runtime::Credentials<#ty>))
            }
            None => (quote!(), quote!(#runtime::Ignored)),
        };
        let span = self.user.as_ref().map_or_else(|| self.function.sig.ident.span(), |user| user.ty.span());
        let lints = self.user.iter().chain(&self.auth).flat_map(|marked| &marked.lints);
        parse_quote_spanned! {span=> #(#lints)* #runtime::Auth { #user #auth .. }: #runtime::Auth<#user_type, #policy, #auth_type> }
    }

    fn policy_type(&self) -> TokenStream {
        let name = &self.policy_name;
        match &self.chain {
            Chain::Policy { parameters, .. } if !parameters.is_empty() => quote!(#name<#(#parameters),*>),
            _ => quote!(#name),
        }
    }

    /// Returns the policy in the handler's arguments.
    fn extracted_policy(&self) -> TokenStream {
        let (runtime, policy) = (&self.runtime, self.policy_type());
        if self.shares_steps() { quote!(#runtime::PolicyOfHandler<#policy>) } else { policy }
    }

    /// Returns whether the policy is a [`PolicyKind::SharingHandler`].
    fn shares_steps(&self) -> bool {
        matches!(&self.chain, Chain::Schemes { schemes, .. } if self.rules.shares_steps(schemes))
    }

    /// Builds the type that carries the policy, its `Policy`, the assertions on the user's tokens, and the witness of the
    /// guard.
    fn policy(&self, witness: Option<&TokenStream>) -> TokenStream {
        let name = &self.policy_name;
        let vis = &self.function.vis;
        let cfg = witness::configuration(&self.function.attrs);
        let runtime = &self.runtime;
        let form = self.csrf_form.iter().filter(|form| !names_parameter(form, &self.function)).map(|form| {
            quote_spanned! {form.span()=>
                const _: () = #runtime::__private::assert_verifies_csrf_form::<#form>();
            }
        });
        let (declaration, body) = match &self.chain {
            Chain::Schemes { schemes, all_challenges } => {
                (quote!(enum #name {}), self.of_schemes(schemes, *all_challenges))
            }
            Chain::Policy { path, parameters } if parameters.is_empty() => {
                (quote!(enum #name {}), self.of_policy(&path.to_token_stream(), &[]))
            }
            Chain::Policy { path, parameters } => (
                quote!(struct #name<#(#parameters),*>(#runtime::__private::Marker<(#(#parameters,)*)>);),
                self.of_policy(&path.to_token_stream(), parameters),
            ),
            Chain::StateDefault => {
                let policy = respanned(quote!(#runtime::StateDefault), self.function.sig.ident.span());
                (quote!(enum #name {}), self.of_policy(&policy, &[]))
            }
        };
        quote! {
            #(#cfg)*
            #[doc(hidden)]
            #[allow(non_camel_case_types, missing_debug_implementations, dead_code, unreachable_pub, unnameable_types)]
            #vis #declaration
            #(#cfg)*
            #[allow(non_camel_case_types, unused_qualifications, clippy::all, clippy::pedantic)]
            const _: () = { #body #(#form)* #witness };
        }
    }

    fn of_schemes(&self, schemes: &[Scheme], all_challenges: bool) -> TokenStream {
        let policy = ChainPolicy {
            name: &self.policy_name,
            runtime: &self.runtime,
            only_for: None,
            router_state: self.router_state.as_ref(),
            kind: if self.shares_steps() { PolicyKind::SharingHandler } else { PolicyKind::Handler },
            schemes,
            rules: &self.rules,
            all_challenges,
            verifies_csrf_form: self.csrf_form.is_some(),
            auth: self.credential_choice(),
            declared_as: &self.function.sig.ident,
        };
        let items = policy.items();
        let asserts = self.state.as_ref().map(|state| {
            let known = KnownState { runtime: &self.runtime, state };
            let first = aliases(schemes).into_iter().next();
            let argument = first.map(|first| self.assert_user_argument(&known.scheme_user(&first)));
            let arguments = self.assert_arguments(&known.alias());
            policy.asserts(state, &quote!(#argument #arguments))
        });
        quote!(#items #asserts)
    }

    /// Builds a policy like `policy`, with the handler's own rules replacing those of `policy`.
    fn of_policy(&self, policy: &TokenStream, parameters: &[syn::Ident]) -> TokenStream {
        let runtime = &self.runtime;
        let name = self.policy_type();
        let span = policy.span();
        // If the state is known, the impl is only for that state, so that credentials can be picked out of the policy's.
        let (generics, state, bound) = match (&self.state, &self.auth) {
            (Some(state), Some(_)) => (quote!(), quote!(#state), quote!()),
            _ => {
                let bound = respanned(quote!(#policy: #runtime::Policy<__S>,), span);
                (quote!(<__S: #runtime::AuthState, #(#parameters),*>), quote!(__S), bound)
            }
        };
        let of = respanned(quote!(<#policy as #runtime::Policy<#state>>), span);
        let user = quote!(#of::User);
        let rule_bounds = self.rules.bounds(runtime, &state, &user);
        let rules = self.rules.aliases(runtime);
        let fallback = Fallback { permit: of.clone(), throttle: of.clone(), is_written: false };
        let asked = self.rules.methods(runtime, &state, &user, &fallback);
        let with_client = self.rules.with_client();
        let (permit_text, throttle_text) = (self.rules.permit_text(), self.rules.throttle_text());
        let declared = declaration::constant(
            &self.function.sig.ident,
            runtime,
            &permit_text,
            &throttle_text,
            &quote!(.over(&#of::DECLARED)),
        );
        let client_bound = self.rules.client_bound(runtime, &quote!(#of::Auth));
        let auth = self.credential_choice().ty(&quote!(#of::Auth));
        let pick = self.credential_choice().pick(runtime);
        let form = self.csrf_form.is_some();
        let constants = self.rules.constants(runtime, &state, &user, &of);
        let asserts = self.state.as_ref().filter(|_| parameters.is_empty()).map(|state| {
            let known = KnownState { runtime, state };
            let state = known.alias();
            let user = respanned(quote!(#runtime::__private::UserOf<#policy, #state>), span);
            let is_policy = respanned(quote!(#runtime::__private::assert_policy::<#policy, #state>();), span);
            let rules = known.rule_asserts(&self.rules, &user);
            let argument = self.assert_user_argument(&user);
            let client = self.rules.client_assert(runtime, &quote!(<#policy as #runtime::Policy<#state>>::Auth));
            let arguments = self.assert_arguments(&state);
            known.asserts(&quote!(#is_policy #client #rules #argument #arguments))
        });
        quote_spanned! {span=>
            #rules
            #[automatically_derived]
            impl #generics #runtime::Policy<#state> for #name where #bound #client_bound #rule_bounds {
                type User = #user;
                type Auth = #auth;
                const CHALLENGES: #runtime::Challenges = #of::CHALLENGES;
                const VERIFIES_CSRF_FORM: bool = #form;
                #constants
                #declared

                async fn resolve<'a>(
                    request: &'a #runtime::http::request::Parts,
                    state: &'a #state,
                ) -> ::core::result::Result<#runtime::Resolved<#user, #auth>, #runtime::AuthError> {
                    ::core::result::Result::Ok(#of::resolve(request, state).await? #with_client.pick(#pick))
                }

                fn challenges(state: &#state) -> #runtime::__private::ChallengeList {
                    #of::challenges(state)
                }

                fn first_challenge(state: &#state) -> #runtime::__private::FirstChallenge {
                    #of::first_challenge(state)
                }

                #asked
            }
            #asserts
        }
    }

    /// Returns the credentials that the handler takes.
    fn credential_choice(&self) -> CredentialChoice<'_> {
        self.auth.as_ref().map_or(CredentialChoice::Nothing, |auth| CredentialChoice::Of(inside_option(&auth.ty)))
    }

    /// Asserts that the other arguments can be extracted.
    fn assert_arguments(&self, state: &syn::Type) -> Option<TokenStream> {
        self.before.as_ref().map(|_| asserts::of_arguments(&self.function, state, &self.runtime))
    }

    /// Asserts that the `#[user]` argument fits the user.
    fn assert_user_argument(&self, user: &TokenStream) -> TokenStream {
        let runtime = &self.runtime;
        let argument = self.user.iter().filter(|user| !names_parameter(&user.ty, &self.function));
        let asserts = argument.map(
            |MarkedArgument { ty, .. }| quote_spanned!(ty.span()=> #runtime::__private::assert_user_argument::<#ty, #user>();),
        );
        asserts.collect()
    }
}

/// Returns `T` of `Option<T>`, or the type itself.
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
