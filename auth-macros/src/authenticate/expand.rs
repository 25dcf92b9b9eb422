//! From a handler that can work to tokens. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ItemFn, PatType, parse_quote_spanned};

use super::check::names_parameter;
use super::model::{Chain, Handler, Marked};
use crate::chain::{Scheme, aliases, respanned};
use crate::known_state::KnownState;
use crate::policy::{ChainPolicy, HandedOn, Told};

/// The handler with one extractor in front of its arguments, and the items beside it.
pub(crate) struct Expansion {
    pub(crate) function: ItemFn,
    pub(crate) items: TokenStream,
}

impl Handler {
    pub(crate) fn expand(self) -> Expansion {
        let items = self.policy();
        let extractor = self.extractor();
        let guarded = self.guarded();
        let mut function = self.function;
        match (guarded, function.sig.inputs.first_mut()) {
            (Some(guarded), Some(first)) => *first = guarded,
            _ => function.sig.inputs.insert(0, extractor),
        }
        Expansion { function, items }
    }

    /// `Guarded { inner: State(app), .. }: Guarded<Policy, State<App>>` in the place of the first argument.
    ///
    /// Where the handler takes no caller, this keeps the number of its arguments, so that an attribute above that has
    /// counted them stays right. One below would not know the argument again, and finds all of them as they were.
    fn guarded(&self) -> Option<FnArg> {
        let attributes = &self.function.attrs;
        if self.user.is_some() || self.auth.is_some() || attributes.iter().any(|attribute| !is_inert(attribute)) {
            return None;
        }
        let FnArg::Typed(PatType { attrs, pat, ty, .. }) = self.function.sig.inputs.first()? else { return None };
        let runtime = &self.runtime;
        let policy = self.extracted_policy();
        Some(parse_quote_spanned! {ty.span()=>
            #(#attrs)* #runtime::Guarded { inner: #pat, .. }: #runtime::Guarded<#policy, #ty>
        })
    }

    /// `Auth { user: me, auth: Credentials(token), .. }: Auth<Account, Policy, Credentials<AccessToken>>`.
    fn extractor(&self) -> FnArg {
        let runtime = &self.runtime;
        let policy = self.extracted_policy();
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

    /// The policy in the handler's arguments.
    fn extracted_policy(&self) -> TokenStream {
        let (runtime, policy) = (&self.runtime, self.policy_type());
        if self.is_stated() { quote!(#runtime::AtHandler<#policy>) } else { policy }
    }

    /// Whether the chain and all that stands behind it can be [`ChainPolicy::stated`].
    fn is_stated(&self) -> bool {
        matches!(&self.chain, Chain::Schemes { schemes, .. } if self.rules.shares_steps(schemes))
    }

    /// The type that carries the policy, its `Policy`, and the assertions that stand on the user's tokens.
    fn policy(&self) -> TokenStream {
        let name = &self.policy_name;
        let vis = &self.function.vis;
        let cfg = self.function.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        let cfg: Vec<&Attribute> = cfg.collect();
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
            const _: () = { #body #(#form)* };
        }
    }

    /// What is told of the handler.
    fn told(&self) -> Told {
        Told::of(&self.function.sig.ident)
    }

    fn of_schemes(&self, schemes: &[Scheme], all_challenges: bool) -> TokenStream {
        let told = self.told();
        let policy = ChainPolicy {
            name: &self.policy_name,
            runtime: &self.runtime,
            only_for: None,
            schemes,
            rules: &self.rules,
            all_challenges,
            verifies_csrf_form: self.csrf_form.is_some(),
            auth: self.handed_on(),
            told: &told,
            stated: self.is_stated(),
        };
        let items = policy.items();
        let asserts = self.state.as_ref().map(|state| {
            let known = KnownState { runtime: &self.runtime, state };
            let first = aliases(schemes).into_iter().next();
            let argument = first.map(|first| self.assert_user_argument(&known.scheme_user(&first)));
            policy.asserts(state, &argument.unwrap_or_default())
        });
        quote!(#items #asserts)
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
                let bound = respanned(quote!(#policy: #runtime::Policy<__S>,), span);
                (quote!(<__S: #runtime::AuthState, #(#parameters),*>), quote!(__S), bound)
            }
        };
        let of = respanned(quote!(<#policy as #runtime::Policy<#state>>), span);
        let user = quote!(#of::User);
        let rule_bounds = self.rules.bounds(runtime, &state, &user);
        let rules = self.rules.aliases(runtime);
        let asked = self.rules.methods(runtime, &state, &user, Some(&of));
        let with_client = self.rules.with_client();
        let declared = self.told().declared(runtime, &self.rules, quote!(.over(&#of::DECLARED)));
        let client_bound = self.rules.client_bound(runtime, &quote!(#of::Auth));
        let auth = self.handed_on().ty(&quote!(#of::Auth));
        let pick = self.handed_on().pick(runtime);
        let form = self.csrf_form.is_some();
        let constants = self.rules.constants(runtime, &state, &user, Some(&of));
        let asserts = self.state.as_ref().filter(|_| parameters.is_empty()).map(|state| {
            let known = KnownState { runtime, state };
            let state = known.alias();
            let user = respanned(quote!(#runtime::__private::UserOf<#policy, #state>), span);
            let is_policy = respanned(quote!(#runtime::__private::assert_policy::<#policy, #state>();), span);
            let rules = known.rule_asserts(&self.rules, &user);
            let argument = self.assert_user_argument(&user);
            let client = self.rules.client_assert(runtime, &quote!(<#policy as #runtime::Policy<#state>>::Auth));
            known.asserts(&quote!(#is_policy #client #rules #argument))
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

    /// The credentials that the handler takes.
    fn handed_on(&self) -> HandedOn<'_> {
        self.auth.as_ref().map_or(HandedOn::Nothing, |auth| HandedOn::Of(inside_option(&auth.ty)))
    }

    /// That the `#[user]` argument fits the user.
    fn assert_user_argument(&self, user: &TokenStream) -> TokenStream {
        let runtime = &self.runtime;
        let argument = self.user.iter().filter(|user| !names_parameter(&user.ty, &self.function));
        let asserts = argument.map(
            |Marked { ty, .. }| quote_spanned!(ty.span()=> #runtime::__private::assert_user_argument::<#ty, #user>();),
        );
        asserts.collect()
    }
}

/// Whether the attribute is one of the compiler's own, which read no arguments.
fn is_inert(attribute: &Attribute) -> bool {
    const INERT: [&str; 11] =
        ["allow", "cfg", "cfg_attr", "cold", "deny", "deprecated", "doc", "expect", "inline", "must_use", "warn"];
    INERT.iter().any(|name| attribute.path().is_ident(name))
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
