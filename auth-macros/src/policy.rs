//! The `Policy` of a chain, for a handler and for a named chain alike.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path, Type};

use crate::chain::{Constants, Scheme, aliases, respanned};
use crate::defaults::StateDefaults;
use crate::known_state::KnownState;
use crate::permit::Permissions;
use crate::throttle::Throttles;

/// What stands behind a chain, as far as it is stated.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) permit: Option<Permissions>,
    pub(crate) throttle: Option<Throttles>,
}

/// Describes a policy in text: the name of its handler or chain, and what [`Rules`] say. Constants of types describe what it
/// means for anonymous callers.
pub(crate) struct Told {
    pub(crate) name: String,
}

impl Told {
    /// Of a handler or a named chain.
    pub(crate) fn of(name: &Ident) -> Self {
        Self { name: name.to_string() }
    }

    /// The constant `DECLARED`, with the texts of the rules, and with the chain that `chain` writes.
    pub(crate) fn declared(
        &self,
        runtime: &Path,
        permit: &TokenStream,
        throttle: &TokenStream,
        chain: &TokenStream,
    ) -> TokenStream {
        let Self { name } = self;
        quote! {
            const DECLARED: #runtime::Declaration =
                #runtime::Declaration::new(#name, ::core::module_path!(), ::core::file!(), ::core::line!())
                    .rules(#permit, #throttle)
                    #chain;
        }
    }
}

impl Rules {
    /// A name for each permission and throttle that is stated.
    pub(crate) fn aliases(&self, runtime: &Path) -> TokenStream {
        let permissions = self.permit.as_ref().map(Permissions::aliases);
        let throttles = self.throttle.as_ref().map(|throttles| throttles.aliases(runtime));
        quote!(#permissions #throttles)
    }

    /// What an impl must demand of them, since neither the state nor the user need be known in it.
    pub(crate) fn bounds(&self, runtime: &Path, state: &TokenStream, user: &TokenStream) -> TokenStream {
        let mut bounds = self.permit_bounds(runtime, state, user);
        bounds.extend(self.throttle_bounds(runtime, state, user));
        bounds
    }

    pub(crate) fn permit_bounds(&self, runtime: &Path, state: &TokenStream, user: &TokenStream) -> TokenStream {
        let bounds = self.permit.iter().flat_map(Permissions::leaves).map(|leaf| {
            let bound = quote!(#leaf: #runtime::Permission<#state, #user>,);
            respanned(bound, leaf.span())
        });
        bounds.collect()
    }

    pub(crate) fn throttle_bounds(&self, runtime: &Path, state: &TokenStream, user: &TokenStream) -> TokenStream {
        let bounds = self.throttle.iter().flat_map(Throttles::leaves).map(|leaf| {
            let bound = quote!(#leaf: #runtime::throttle::Throttle<#state, #user>,);
            respanned(bound, leaf.span())
        });
        bounds.collect()
    }

    /// The permission as it was written, as an `Option` of a text.
    pub(crate) fn permit_text(&self) -> TokenStream {
        optional(self.permit.as_ref().map(Permissions::text))
    }

    /// The throttles as they were written, as an `Option` of a text.
    pub(crate) fn throttle_text(&self) -> TokenStream {
        optional(self.throttle.as_ref().map(Throttles::text))
    }

    /// The methods `permit` and `throttle`: what is stated, or else what `of` says.
    ///
    /// They hand on the future of what they ask where they can: each `async` block costs every handler time to compile.
    pub(crate) fn methods(
        &self,
        runtime: &Path,
        state: &TokenStream,
        user: &TokenStream,
        of: &Unstated,
    ) -> TokenStream {
        let access = quote!(access: &'a #runtime::permission::Access<'a, #state, #user>);
        let decision = quote!(::core::result::Result<(), #runtime::AuthError>);
        let future = sent_future(&decision);
        let Unstated { permit: other_permit, throttle: other_throttle, is_written } = of;
        let permit = match &self.permit {
            Some(_) if *is_written => quote! {
                fn permit<'a>(#access) -> #future {
                    #runtime::Permission::<#state, #user>::has_permission(&__WRITTEN.permission.0, access)
                }
            },
            Some(permit) => {
                let (ty, value, imports) = (permit.ty(runtime), permit.value(runtime), permit.imports(runtime));
                quote! {
                    fn permit<'a>(#access) -> #future {
                        #imports
                        static __PERMIT: #ty = #value;
                        #runtime::Permission::<#state, #user>::has_permission(&__PERMIT, access)
                    }
                }
            }
            None => quote!(fn permit<'a>(#access) -> #future { #other_permit::permit(access) }),
        };
        let throttle = match &self.throttle {
            Some(throttle) if throttle.is_none() => TokenStream::new(),
            Some(throttle) => {
                let body = throttle.body(runtime, state, user);
                quote!(async fn throttle<'a>(#access) -> #decision { #body })
            }
            None => quote!(fn throttle<'a>(#access) -> #future { #other_throttle::throttle(access) }),
        };
        quote!(#permit #throttle)
    }

    /// Whether handlers of these rules share the code that asks `schemes`: throttles of their own are not among what is written
    /// out. A scheme with several options is asked in a loop, which is much faster where rustc knows each of them.
    pub(crate) fn shares_steps(&self, schemes: &[Scheme]) -> bool {
        let again = |(at, scheme): (usize, &Scheme)| schemes[..at].iter().any(|other| other.path == scheme.path);
        self.throttle.as_ref().is_none_or(Throttles::is_none) && !schemes.iter().enumerate().any(again)
    }

    /// The type and the value of the permission in what is written out.
    fn asks(&self, runtime: &Path) -> (TokenStream, TokenStream) {
        match &self.permit {
            Some(permit) => {
                let (ty, value) = (permit.ty(runtime), permit.value(runtime));
                (quote!(#runtime::__private::Asks<#ty>), quote!(#runtime::__private::Asks(#value)))
            }
            None => (quote!(#runtime::__private::AsksDefault), quote!(#runtime::__private::AsksDefault)),
        }
    }

    /// The constants `HAS_PERMISSION` and `ANONYMOUS`: of the permission that is stated, or else of what `of` names.
    pub(crate) fn constants(
        &self,
        runtime: &Path,
        state: &TokenStream,
        user: &TokenStream,
        of: &TokenStream,
    ) -> TokenStream {
        let (has_permission, anonymous) = match &self.permit {
            Some(permit) => {
                let ty = permit.ty(runtime);
                (quote!(true), quote!(<#ty as #runtime::Permission<#state, #user>>::ANONYMOUS))
            }
            None => (quote!(#of::HAS_PERMISSION), quote!(#of::ANONYMOUS)),
        };
        quote! {
            const HAS_PERMISSION: bool = #has_permission;
            const ANONYMOUS: #runtime::permission::Anonymous = #anonymous;
        }
    }

    /// Whose throttles stand in what is written out.
    fn throttled_by(&self, runtime: &Path) -> TokenStream {
        match &self.throttle {
            Some(_) => quote!(#runtime::__private::NoThrottles),
            None => quote!(#runtime::__private::ThrottlesOfState),
        }
    }

    /// Whether a throttle counts by the client.
    pub(crate) fn reads_client(&self) -> bool {
        self.throttle.as_ref().and_then(Throttles::reads_client).is_some()
    }

    /// `.with_client()`, where a throttle counts by the client.
    pub(crate) fn with_client(&self) -> TokenStream {
        let span = self.throttle.as_ref().and_then(Throttles::reads_client);
        span.map(|span| quote_spanned!(span=> .with_client())).unwrap_or_default()
    }

    /// The method `resolve`: what a chain finds out, with the credentials that `pick` takes out of it.
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

    /// That one can tell the client of each scheme's credentials, where a throttle counts by it.
    pub(crate) fn client_asserts(&self, runtime: &Path, schemes: &[Ident]) -> TokenStream {
        let Some(span) = self.throttle.as_ref().and_then(Throttles::reads_client) else { return TokenStream::new() };
        let schemes = schemes.iter().map(|scheme| {
            let scheme = Ident::new(&scheme.to_string(), span);
            respanned(quote!(#runtime::__private::assert_tells_client::<#scheme>();), span)
        });
        quote_spanned!(span=> const _: () = { #(#schemes)* };)
    }

    /// The same of the credentials of a policy.
    pub(crate) fn client_assert(&self, runtime: &Path, credentials: &TokenStream) -> TokenStream {
        let span = self.throttle.as_ref().and_then(Throttles::reads_client);
        let assert =
            span.map(|span| respanned(quote!(#runtime::__private::assert_login_credentials::<#credentials>();), span));
        assert.unwrap_or_default()
    }

    /// Where a throttle counts by the client, what the credentials must be.
    pub(crate) fn client_bound(&self, runtime: &Path, credentials: &TokenStream) -> TokenStream {
        let span = self.throttle.as_ref().and_then(Throttles::reads_client);
        let bound = span.map(|span| respanned(quote!(#credentials: #runtime::store::LoginCredentials,), span));
        bound.unwrap_or_default()
    }
}

/// What a policy does where a handler states no rule: the paths before `::permit` and `::throttle`.
pub(crate) struct Unstated {
    pub(crate) permit: TokenStream,
    pub(crate) throttle: TokenStream,
    /// Whether the permission that is stated stands in `__WRITTEN`.
    pub(crate) is_written: bool,
}

/// An `Option` of a text.
fn optional(text: Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// A chain that is written out, and what stands behind it. No schemes mean that credentials are ignored.
pub(crate) struct ChainPolicy<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) runtime: &'a Path,
    /// The only state that the policy is for; any state without it.
    pub(crate) only_for: Option<&'a Type>,
    /// The same for a handler that names its state, which is asserted beside it.
    pub(crate) router_state: Option<&'a Type>,
    pub(crate) subject: Subject,
    pub(crate) schemes: &'a [Scheme],
    pub(crate) rules: &'a Rules,
    pub(crate) all_challenges: bool,
    pub(crate) verifies_csrf_form: bool,
    pub(crate) auth: HandedOn<'a>,
    pub(crate) told: &'a Told,
}

/// Whose policy it is, and so how it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A named chain, whose rules are written in what it [hands down](crate::defaults::handed_down).
    NamedChain,
    /// A handler.
    Handler,
    /// A handler that [shares its steps](Rules::shares_steps): the impl is of `Stated`, which costs less time to compile than
    /// that of `Policy`.
    SharingHandler,
}

/// Which credentials a policy hands on.
#[derive(Clone, Copy)]
pub(crate) enum HandedOn<'a> {
    /// Those of the whole chain.
    All,
    /// Those of this type.
    Of(&'a Type),
    /// None: nobody takes them.
    Nothing,
}

impl ChainPolicy<'_> {
    /// The constants of the schemes and the impl: the items of a block.
    pub(crate) fn items(&self) -> TokenStream {
        let Self { name, runtime, schemes, verifies_csrf_form: form, .. } = self;
        let constants = Constants::of(schemes, runtime);
        let items = &constants.items;
        let aliases = aliases(schemes);
        let state = self.only_for.map_or_else(|| quote!(__S), |state| quote!(#state));
        let span = self.span();
        let any_state = self.only_for.is_none().then(|| respanned(quote!(__S: #runtime::AuthState,), span));
        // The user is a parameter, or a scheme that stands twice would be bound by itself.
        let any_user = (!schemes.is_empty()).then(|| respanned(quote!(__U: #runtime::User), span));
        let (user, chain, value) = match schemes {
            [] => (quote!(#runtime::Nobody), quote!(#runtime::NoSchemes), quote!(#runtime::NoSchemes)),
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
        if self.subject == Subject::SharingHandler {
            // All on the user's token: rustc repeats the faults of the bounds on what the method returns.
            let steps = respanned(steps, span);
            return quote_spanned! {span=>
                #items
                #rules
                #written
                #[automatically_derived]
                impl<#any_state #any_user> #runtime::__private::Stated<#state> for #name where #bounds {
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

    /// The constant `DECLARED`: what is stated, and otherwise what is kept of the defaults.
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
        self.told.declared(
            runtime,
            &permit_text,
            &throttle_text,
            &quote!(.schemes(&[#(#runtime::SchemeDeclaration { text: #texts, claim: #claims.claim }),*])),
        )
    }

    /// The methods of an impl of `Policy`.
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
        let asked = if self.subject == Subject::NamedChain {
            let of = |is_stated: bool, own: TokenStream, kept| if is_stated { own } else { kept };
            let (own_permission, own_throttles) = defaults.of_self();
            let unstated = Unstated {
                permit: of(self.rules.permit.is_some(), own_permission, kept_permission),
                throttle: of(self.rules.throttle.is_some(), own_throttles, kept_throttles),
                is_written: true,
            };
            Rules::default().methods(runtime, state, user, &unstated)
        } else {
            let unstated = Unstated { permit: kept_permission, throttle: kept_throttles, is_written: true };
            self.rules.methods(runtime, state, user, &unstated)
        };
        let steps = self.rules.shares_steps(self.schemes).then_some(steps);
        // All on the user's token: rustc repeats the faults of the bounds on what the methods return.
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

    /// The static `__WRITTEN`, of a chain of this type and value.
    fn written(&self, chain: &TokenStream, value: &TokenStream, span: Span) -> TokenStream {
        let Self { runtime, rules, verifies_csrf_form: form, .. } = self;
        let imports = rules.permit.as_ref().and_then(|permit| permit.imports(runtime));
        let (permission, asks) = rules.asks(runtime);
        let throttles = rules.throttled_by(runtime);
        let challenges = self.which_challenges();
        quote_spanned! {span=>
            #imports
            static __WRITTEN: #runtime::__private::Written<#chain, #permission, #throttles> = #runtime::__private::Written {
                chain: #value,
                permission: #asks,
                throttles: #throttles,
                challenges: #challenges,
                verifies_csrf_form: #form,
            };
        }
    }

    /// That everything fits `state`, each on the user's own tokens; `more` is asserted beside it.
    pub(crate) fn asserts(&self, state: &Type, more: &TokenStream) -> TokenStream {
        let runtime = self.runtime;
        let aliases = aliases(self.schemes);
        let known = KnownState { runtime, state };
        let state = known.alias();
        let user = aliases.first().map_or_else(|| quote!(#runtime::Nobody), |first| known.scheme_user(first));
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

    /// The token that stands for the chain.
    fn span(&self) -> Span {
        self.schemes.first().map_or_else(|| self.name.span(), |scheme| scheme.path.span())
    }
}

/// A future of this result that may move between threads and borrows for `'a`.
fn sent_future(result: &TokenStream) -> TokenStream {
    quote!(impl ::core::future::Future<Output = #result> + ::core::marker::Send + 'a)
}

impl HandedOn<'_> {
    /// The type of the credentials, where those of the whole chain are `all`.
    pub(crate) fn ty(self, all: &TokenStream) -> TokenStream {
        match self {
            Self::All => all.clone(),
            Self::Of(wanted) => quote!(#wanted),
            Self::Nothing => quote!(()),
        }
    }

    /// The function that picks them.
    pub(crate) fn pick(self, runtime: &Path) -> TokenStream {
        match self {
            Self::All => quote!(::core::option::Option::Some),
            Self::Of(wanted) => respanned(quote!(#runtime::__private::select::<#wanted, _, _>), wanted.span()),
            // A function of one name, so that handlers of the same chain share the code of its future.
            Self::Nothing => quote!(#runtime::__private::leave),
        }
    }
}
