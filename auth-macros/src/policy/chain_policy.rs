//! Turns a chain and its rules into an impl of `Policy`. Nothing here can fail.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::declaration;
use super::defaults::StateDefaults;
use super::known_state::KnownState;
use super::model::{ChainPolicy, PolicyKind, Rules};
use super::rules::{Fallback, sent_future};
use crate::chain::{Constants, Scheme, aliases};
use crate::tokens::respanned;

impl Rules {
    /// Builds the method `resolve`: the result of the chain, with the credentials that `pick` takes out of it.
    fn resolve(&self, defaults: &StateDefaults<'_>, resolved: &TokenStream, pick: &TokenStream) -> TokenStream {
        let StateDefaults { runtime, state, .. } = defaults;
        let with_client = self.with_client();
        let arguments = quote!(request: &'a #runtime::http::request::Parts, state: &'a #state);
        let chain = quote!(#runtime::Chain::<#state>);
        if with_client.is_empty() {
            let future = sent_future(resolved);
            let resolve = match &self.throttle {
                Some(_) => quote!(#chain::resolve_picked),
                None => {
                    let throttles = defaults.throttles();
                    quote!(#throttles::resolve)
                }
            };
            return quote!(fn resolve<'a>(#arguments) -> #future { #resolve(&__WRITTEN.chain, request, state, #pick) });
        }
        quote! {
            async fn resolve<'a>(#arguments) -> #resolved {
                let resolved = #chain::resolve(&__WRITTEN.chain, request, state).await?;
                ::core::result::Result::Ok(resolved #with_client.pick(#pick))
            }
        }
    }
}

impl ChainPolicy<'_> {
    /// Builds the constants of the schemes and the impl: the items of a block.
    pub(crate) fn items(&self) -> TokenStream {
        let Self { name, runtime, schemes, verifies_csrf_form: form, .. } = self;
        let constants = Constants::of(schemes, runtime);
        let items = &constants.items;
        let aliases = aliases(schemes);
        let state = self.only_for.map_or_else(|| quote!(__S), |state| quote!(#state));
        let span = self.span();
        let any_state = self.only_for.is_none().then(|| respanned(quote!(__S: #runtime::AuthState,), span));
        // The user is a parameter, otherwise a scheme that appears twice would be bound by itself.
        let any_user = (!schemes.is_empty()).then(|| respanned(quote!(__U: #runtime::User), span));
        let (user, chain, value) = match schemes {
            [] => (quote!(#runtime::NoUser), quote!(#runtime::NoSchemes), quote!(#runtime::NoSchemes)),
            _ => (quote!(__U), constants.chain.clone(), constants.value.clone()),
        };
        let scheme_bounds: TokenStream = aliases
            .iter()
            .map(|alias| respanned(quote!(#alias: #runtime::Scheme<#state, User = __U>,), alias.span()))
            .collect();
        let rule_bounds = self.rules.bounds(runtime, &state, &user);
        let rules = self.rules.aliases(runtime);
        let challenges = self.which_challenges();
        let pick = self.auth.pick(runtime);
        let all = quote!(#runtime::__private::ChainAuth<#chain, #state>);
        let defaults = StateDefaults { runtime, state: &state, user: &user, auth: &all, span };
        let kept_bounds = defaults.bounds(self.rules);
        let declared = self.declared(&defaults);
        let client_bound = self.rules.client_bound(runtime, &all);
        let client_asserts = self.rules.client_asserts(runtime, &aliases);
        let auth = self.auth.ty(&all);
        let written = self.written(&chain, &value, span);
        let asked_of = self.rules.constants(runtime, &state, &user, &defaults.permission());
        let constants = quote! {
            const CHALLENGES: #runtime::Challenges = #challenges;
            const VERIFIES_CSRF_FORM: bool = #form;
            #asked_of
            #declared
        };
        let state_bound = self.router_state.map(|state| KnownState { runtime, state }.bound());
        let bounds = quote!(#state_bound #scheme_bounds #client_bound #rule_bounds #kept_bounds);
        let steps = quote! {
            fn steps() -> impl #runtime::__private::Steps<#state, User = #user, Auth = #auth> {
                __WRITTEN.picked(#pick)
            }
        };
        if self.kind == PolicyKind::SharingHandler {
            // All on the user's token, since rustc repeats the faults of the bounds on what the method returns.
            let steps = respanned(steps, span);
            return quote_spanned! {span=>
                #items
                #rules
                #written
                #[automatically_derived]
                impl<#any_state #any_user> #runtime::__private::HandlerPolicy<#state> for #name where #bounds {
                    type User = #user;
                    type Auth = #auth;
                    #constants
                    #steps
                }
            };
        }
        let methods = self.methods(&defaults, &auth, &pick, &steps);
        quote_spanned! {span=>
            #items
            #rules
            #client_asserts
            #written
            #[automatically_derived]
            #[allow(refining_impl_trait)]
            impl<#any_state #any_user> #runtime::Policy<#state> for #name
            where
                #bounds
            {
                type User = #user;
                type Auth = #auth;
                #constants

                #methods
            }
        }
    }

    /// Builds the constant `DECLARED`: the stated rules, and otherwise those of the defaults.
    fn declared(&self, defaults: &StateDefaults<'_>) -> TokenStream {
        let Self { runtime, schemes, rules, .. } = self;
        let permit_text = match rules.permit {
            Some(_) => rules.permit_text(),
            None => {
                let kept = defaults.permission();
                quote!(#kept::DECLARED)
            }
        };
        let throttle_text = match rules.throttle {
            Some(_) => rules.throttle_text(),
            None => {
                let kept = defaults.throttles();
                quote!(#kept::DECLARED)
            }
        };
        let texts = schemes.iter().map(Scheme::text);
        let claims = schemes.iter().enumerate().map(|(at, scheme)| Constants::name(at, scheme.path.span()));
        declaration::constant(
            self.declared_as,
            runtime,
            &permit_text,
            &throttle_text,
            &quote!(.schemes(&[#(#runtime::SchemeDeclaration { text: #texts, claim: #claims.claim }),*])),
        )
    }

    /// Builds the methods of an impl of `Policy`.
    fn methods(
        &self,
        defaults: &StateDefaults<'_>,
        auth: &TokenStream,
        pick: &TokenStream,
        steps: &TokenStream,
    ) -> TokenStream {
        let StateDefaults { runtime, state, user, span, .. } = defaults;
        let resolved = quote!(::core::result::Result<#runtime::Resolved<#user, #auth>, #runtime::AuthError>);
        let resolve = self.rules.resolve(defaults, &resolved, pick);
        let (kept_permission, kept_throttles) = (defaults.permission(), defaults.throttles());
        let asked = if self.kind == PolicyKind::Named {
            let of = |is_stated: bool, own: TokenStream, kept| if is_stated { own } else { kept };
            let (own_permission, own_throttles) = defaults.of_self();
            let fallback = Fallback {
                permit: of(self.rules.permit.is_some(), own_permission, kept_permission),
                throttle: of(self.rules.throttle.is_some(), own_throttles, kept_throttles),
                is_written: true,
            };
            Rules::default().methods(runtime, state, user, &fallback)
        } else {
            let fallback = Fallback { permit: kept_permission, throttle: kept_throttles, is_written: true };
            self.rules.methods(runtime, state, user, &fallback)
        };
        let steps = self.rules.shares_steps(self.schemes).then_some(steps);
        // All on the user's token, since rustc repeats the faults of the bounds on what the methods return.
        let methods = respanned(
            quote! {
                #resolve

                fn challenges(state: &#state) -> #runtime::__private::ChallengeList {
                    #runtime::Chain::<#state>::challenges(&__WRITTEN.chain, state)
                }

                fn first_challenge(state: &#state) -> #runtime::__private::FirstChallenge {
                    #runtime::Chain::<#state>::first_challenge(&__WRITTEN.chain, state)
                }

                #steps
            },
            *span,
        );
        quote!(#methods #asked)
    }

    fn which_challenges(&self) -> TokenStream {
        let runtime = self.runtime;
        if self.all_challenges { quote!(#runtime::Challenges::All) } else { quote!(#runtime::Challenges::First) }
    }

    /// Builds the static `__WRITTEN`, for a chain of this type and value.
    fn written(&self, chain: &TokenStream, value: &TokenStream, span: Span) -> TokenStream {
        let Self { runtime, rules, verifies_csrf_form: form, .. } = self;
        let imports = rules.permit.as_ref().and_then(|permit| permit.imports(runtime));
        let (permission, asks) = rules.asks(runtime);
        let throttles = rules.throttled_by(runtime);
        let challenges = self.which_challenges();
        quote_spanned! {span=>
            #imports
            static __WRITTEN: #runtime::__private::StaticPolicy<#chain, #permission, #throttles> = #runtime::__private::StaticPolicy {
                chain: #value,
                permission: #asks,
                throttles: #throttles,
                challenges: #challenges,
                verifies_csrf_form: #form,
            };
        }
    }

    /// Asserts that everything fits `state`, each on the user's own tokens. `more` is asserted beside it.
    pub(crate) fn asserts(&self, state: &Type, more: &TokenStream) -> TokenStream {
        let runtime = self.runtime;
        let aliases = aliases(self.schemes);
        let known = KnownState { runtime, state };
        let state = known.alias();
        let user = aliases.first().map_or_else(|| quote!(#runtime::NoUser), |first| known.scheme_user(first));
        let schemes = aliases
            .iter()
            .map(|alias| respanned(quote!(#runtime::__private::assert_scheme::<#alias, #state>();), alias.span()));
        let users = aliases.iter().skip(1).map(|alias| {
            respanned(quote!(#runtime::__private::assert_same_user::<#alias, #state, #user>();), alias.span())
        });
        let rules = known.rule_asserts(self.rules, &user);
        let auth = Constants::of(self.schemes, runtime).auth;
        let defaults = StateDefaults { runtime, state: &quote!(#state), user: &user, auth: &auth, span: self.span() };
        let kept = defaults.asserts(self.rules);
        known.asserts(&quote!(#(#schemes)* #(#users)* #rules #kept #more))
    }

    /// Returns the token that represents the chain.
    fn span(&self) -> Span {
        self.schemes.first().map_or_else(|| self.name.span(), |scheme| scheme.path.span())
    }
}
