//! The `Policy` of a chain, for a handler and for a named chain alike.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path, Type};

use crate::chain::{Constants, Scheme, aliases, respanned};
use crate::known_state::KnownState;
use crate::permit::Permissions;
use crate::throttle::Throttles;

/// What stands behind a chain, as far as it is stated.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) permit: Option<Permissions>,
    pub(crate) throttle: Option<Throttles>,
}

/// What is told of a policy in text: the name of its handler or chain, and what [`Rules`] say. What it means for anonymous
/// callers is told by constants of types.
pub(crate) struct Told {
    pub(crate) name: String,
}

impl Told {
    /// Of a handler or a named chain.
    pub(crate) fn of(name: &Ident) -> Self {
        Self { name: name.to_string() }
    }

    /// The constant `DECLARED`, with the chain that `schemes` writes.
    pub(crate) fn declared(&self, runtime: &Path, rules: &Rules, chain: TokenStream) -> TokenStream {
        let Self { name } = self;
        let text = |text: Option<String>| match text {
            Some(text) => quote!(::core::option::Option::Some(#text)),
            None => quote!(::core::option::Option::None),
        };
        let permit = text(rules.permit.as_ref().map(Permissions::text));
        let throttle = text(rules.throttle.as_ref().map(Throttles::text));
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
        let permissions = self.permit.iter().flat_map(Permissions::leaves).map(|leaf| {
            let bound = quote!(#leaf: #runtime::Permission<#state, #user>,);
            respanned(bound, leaf.span())
        });
        let throttles = self.throttle.iter().flat_map(Throttles::leaves).map(|leaf| {
            let bound = quote!(#leaf: #runtime::throttle::Throttle<#state, #user>,);
            respanned(bound, leaf.span())
        });
        permissions.chain(throttles).collect()
    }

    /// The methods `permit` and `throttle`: what is stated, or else what the policy `of` says, if there is one.
    ///
    /// They hand on the future of what they ask where they can: each `async` block costs every handler time to compile.
    pub(crate) fn methods(
        &self,
        runtime: &Path,
        state: &TokenStream,
        user: &TokenStream,
        of: Option<&TokenStream>,
    ) -> TokenStream {
        let access = quote!(access: &'a #runtime::permission::Access<'a, #state, #user>);
        let decision = quote!(::core::result::Result<(), #runtime::AuthError>);
        let future = sent_future(&decision);
        let permit = match (&self.permit, of) {
            (Some(permit), Some(_)) => {
                let (ty, value, imports) = (permit.ty(runtime), permit.value(runtime), permit.imports(runtime));
                quote! {
                    fn permit<'a>(#access) -> #future {
                        #imports
                        static __PERMIT: #ty = #value;
                        #runtime::Permission::<#state, #user>::has_permission(&__PERMIT, access)
                    }
                }
            }
            (Some(_), None) => quote! {
                fn permit<'a>(#access) -> #future {
                    #runtime::Permission::<#state, #user>::has_permission(&__WRITTEN.permission.0, access)
                }
            },
            (None, Some(of)) => quote!(fn permit<'a>(#access) -> #future { #of::permit(access) }),
            (None, None) => quote! {
                fn permit<'a>(_: &'a #runtime::permission::Access<'a, #state, #user>) -> ::core::future::Ready<#decision> {
                    ::core::future::ready(::core::result::Result::Ok(()))
                }
            },
        };
        let throttle = match (&self.throttle, of) {
            (Some(throttle), _) => {
                let body = throttle.body(runtime, state, user);
                quote!(async fn throttle<'a>(#access) -> #decision { #body })
            }
            (None, Some(of)) => quote!(fn throttle<'a>(#access) -> #future { #of::throttle(access) }),
            (None, None) => TokenStream::new(),
        };
        quote!(#permit #throttle)
    }

    /// Whether handlers of these rules share the code that asks `schemes`: throttles are not among what is written out. A
    /// scheme with several options is asked in a loop, which is much faster where rustc knows each of them.
    pub(crate) fn shares_steps(&self, schemes: &[Scheme]) -> bool {
        let again = |(at, scheme): (usize, &Scheme)| schemes[..at].iter().any(|other| other.path == scheme.path);
        self.throttle.is_none() && !schemes.iter().enumerate().any(again)
    }

    /// The type and the value of the permission in what is written out.
    fn asks(&self, runtime: &Path) -> (TokenStream, TokenStream) {
        match &self.permit {
            Some(permit) => {
                let (ty, value) = (permit.ty(runtime), permit.value(runtime));
                (quote!(#runtime::__private::Asks<#ty>), quote!(#runtime::__private::Asks(#value)))
            }
            None => (quote!(#runtime::__private::AsksNothing), quote!(#runtime::__private::AsksNothing)),
        }
    }

    /// The constants `HAS_PERMISSION` and `ANONYMOUS`: of the permission that is stated, or else of the policy `of`, if there
    /// is one.
    pub(crate) fn constants(
        &self,
        runtime: &Path,
        state: &TokenStream,
        user: &TokenStream,
        of: Option<&TokenStream>,
    ) -> TokenStream {
        let (has_permission, anonymous) = match (&self.permit, of) {
            (Some(permit), _) => {
                let ty = permit.ty(runtime);
                (quote!(true), quote!(<#ty as #runtime::Permission<#state, #user>>::ANONYMOUS))
            }
            (None, Some(of)) => (quote!(#of::HAS_PERMISSION), quote!(#of::ANONYMOUS)),
            (None, None) => (quote!(false), quote!(#runtime::permission::Anonymous::ALLOWED)),
        };
        quote! {
            const HAS_PERMISSION: bool = #has_permission;
            const ANONYMOUS: #runtime::permission::Anonymous = #anonymous;
        }
    }

    /// `.with_client()`, where a throttle counts by the client.
    pub(crate) fn with_client(&self) -> TokenStream {
        let span = self.throttle.as_ref().and_then(Throttles::reads_client);
        span.map(|span| quote_spanned!(span=> .with_client())).unwrap_or_default()
    }

    /// The method `resolve`: what a chain finds out, with the credentials that `pick` takes out of it.
    fn resolve(&self, runtime: &Path, state: &TokenStream, resolved: &TokenStream, pick: &TokenStream) -> TokenStream {
        let with_client = self.with_client();
        let arguments = quote!(request: &'a #runtime::http::request::Parts, state: &'a #state);
        let chain = quote!(#runtime::Chain::<#state>);
        if with_client.is_empty() {
            let future = sent_future(resolved);
            return quote! {
                fn resolve<'a>(#arguments) -> #future {
                    #chain::resolve_picked(&__WRITTEN.chain, request, state, #pick)
                }
            };
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

/// A chain that is written out, and what stands behind it. No schemes mean that credentials are ignored.
pub(crate) struct ChainPolicy<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) runtime: &'a Path,
    /// The only state that the policy is for; any state without it.
    pub(crate) only_for: Option<&'a Type>,
    pub(crate) schemes: &'a [Scheme],
    pub(crate) rules: &'a Rules,
    pub(crate) all_challenges: bool,
    pub(crate) verifies_csrf_form: bool,
    pub(crate) auth: HandedOn<'a>,
    pub(crate) told: &'a Told,
    /// Whether the impl is of `Stated`, which costs less time to compile, in the place of `Policy`: only where
    /// [`Rules::shares_steps`].
    pub(crate) stated: bool,
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
        let Self { name, runtime, schemes, verifies_csrf_form: form, stated, .. } = self;
        let constants = Constants::of(schemes, runtime);
        let items = &constants.items;
        let aliases = aliases(schemes);
        let state = self.only_for.map_or_else(|| quote!(__S), |state| quote!(#state));
        let span = schemes.first().map_or_else(|| name.span(), |scheme| scheme.path.span());
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
        let texts = schemes.iter().map(Scheme::text);
        let claims = schemes.iter().enumerate().map(|(at, scheme)| Constants::name(at, scheme.path.span()));
        let declared = self.told.declared(
            runtime,
            self.rules,
            quote!(.schemes(&[#(#runtime::SchemeDeclaration { text: #texts, claim: #claims.claim }),*])),
        );
        let all = quote!(#runtime::__private::ChainAuth<#chain, #state>);
        let client_bound = self.rules.client_bound(runtime, &all);
        let client_asserts = self.rules.client_asserts(runtime, &aliases);
        let auth = self.auth.ty(&all);
        let written = self.written(&chain, &value, span);
        let asked_of = self.rules.constants(runtime, &state, &user, None);
        let constants = quote! {
            const CHALLENGES: #runtime::Challenges = #challenges;
            const VERIFIES_CSRF_FORM: bool = #form;
            #asked_of
            #declared
        };
        let bounds = quote!(#scheme_bounds #client_bound #rule_bounds);
        let steps = quote! {
            fn steps() -> impl #runtime::__private::Steps<#state, User = #user, Auth = #auth> {
                __WRITTEN.picked(#pick)
            }
        };
        if *stated {
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
        let resolved = quote!(::core::result::Result<#runtime::Resolved<#user, #auth>, #runtime::AuthError>);
        let resolve = self.rules.resolve(runtime, &state, &resolved, &pick);
        let asked = self.rules.methods(runtime, &state, &user, None);
        let steps = self.rules.shares_steps(schemes).then_some(steps);
        // All on the user's token, as above.
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
            span,
        );
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
                #asked
            }
        }
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
        let challenges = self.which_challenges();
        quote_spanned! {span=>
            #imports
            static __WRITTEN: #runtime::__private::Written<#chain, #permission> = #runtime::__private::Written {
                chain: #value,
                permission: #asks,
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
        let [first, later @ ..] = aliases.as_slice() else { return known.asserts(&TokenStream::new()) };
        let state = known.alias();
        let user = known.scheme_user(first);
        let schemes = aliases
            .iter()
            .map(|alias| respanned(quote!(#runtime::__private::assert_scheme::<#alias, #state>();), alias.span()));
        let users = later.iter().map(|alias| {
            respanned(quote!(#runtime::__private::assert_same_user::<#alias, #state, #user>();), alias.span())
        });
        let rules = known.rule_asserts(self.rules, &user);
        known.asserts(&quote!(#(#schemes)* #(#users)* #rules #more))
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
