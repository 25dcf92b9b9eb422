//! The `Policy` of a chain, for a handler and for a named chain alike.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path, Type, parse_quote_spanned};

use crate::chain::{Constants, Scheme, aliases, respanned};
use crate::permit::Permissions;

/// A chain that is written out, and what stands behind it. No schemes mean that credentials are ignored.
pub(crate) struct ChainPolicy<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) runtime: &'a Path,
    /// The only state that the policy is for; any state without it.
    pub(crate) only_for: Option<&'a Type>,
    pub(crate) schemes: &'a [Scheme],
    pub(crate) permit: Option<&'a Permissions>,
    pub(crate) all_challenges: bool,
    pub(crate) verifies_csrf_form: bool,
    pub(crate) auth: HandedOn<'a>,
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
        let Self { name, runtime, schemes, all_challenges, verifies_csrf_form: form, .. } = self;
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
        let permit_bounds = permit_bounds(self.permit, runtime, &state, &user);
        let permissions = self.permit.map(Permissions::aliases);
        let challenges = if *all_challenges { quote!(All) } else { quote!(First) };
        let auth = self.auth.ty(&quote!(#runtime::__private::ChainAuth<#chain, #state>));
        let pick = self.auth.pick(runtime);
        let permit = permit_fn(self.permit, runtime, &state, &user).unwrap_or_else(|| {
            quote! {
                async fn permit<'a>(
                    _: &'a #runtime::permission::Access<'a, #state, #user>,
                ) -> ::core::result::Result<(), #runtime::AuthError> {
                    ::core::result::Result::Ok(())
                }
            }
        });
        // All on the user's token: rustc repeats the faults of the bounds on what the methods return.
        let methods = respanned(
            quote! {
                async fn resolve<'a>(
                    request: &'a #runtime::http::request::Parts,
                    state: &'a #state,
                ) -> ::core::result::Result<#runtime::Resolved<#user, #auth>, #runtime::AuthError> {
                    let resolved = #runtime::Chain::<#state>::resolve(&__CHAIN, request, state).await?;
                    ::core::result::Result::Ok(resolved.pick(#pick))
                }

                fn challenges(state: &#state) -> #runtime::__private::ChallengeList {
                    #runtime::Chain::<#state>::challenges(&__CHAIN, state)
                }

            },
            span,
        );
        quote_spanned! {span=>
            #items
            #permissions
            static __CHAIN: #chain = #value;
            #[automatically_derived]
            impl<#any_state #any_user> #runtime::Policy<#state> for #name
            where
                #scheme_bounds
                #permit_bounds
            {
                type User = #user;
                type Auth = #auth;
                const CHALLENGES: #runtime::Challenges = #runtime::Challenges::#challenges;
                const VERIFIES_CSRF_FORM: bool = #form;

                #methods
                #permit
            }
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
        let permit = known.permit_asserts(self.permit, &user);
        known.asserts(&quote!(#(#schemes)* #(#users)* #permit #more))
    }
}

/// The router state where it is known, by the alias that its assertions share.
pub(crate) struct KnownState<'a> {
    pub(crate) runtime: &'a Path,
    pub(crate) state: &'a Type,
}

impl KnownState<'_> {
    pub(crate) fn alias(&self) -> Type {
        parse_quote_spanned!(self.state.span()=> __State)
    }

    /// The user of a scheme.
    pub(crate) fn scheme_user(&self, scheme: &Ident) -> TokenStream {
        let (runtime, state) = (self.runtime, self.alias());
        respanned(quote!(#runtime::__private::SchemeUser<#scheme, #state>), scheme.span())
    }

    pub(crate) fn permit_asserts(&self, permit: Option<&Permissions>, user: &TokenStream) -> TokenStream {
        let (runtime, state) = (self.runtime, self.alias());
        let leaves = permit.into_iter().flat_map(Permissions::leaves).map(
            |leaf| quote_spanned!(leaf.span()=> #runtime::__private::assert_permission::<#leaf, #state, #user>();),
        );
        leaves.collect()
    }

    /// One block for all, so that a fault is not repeated in each.
    pub(crate) fn asserts(&self, asserts: &TokenStream) -> TokenStream {
        let Self { runtime, state } = self;
        let declared = quote_spanned! {state.span()=>
            type __State = #state;
            #runtime::__private::assert_state::<__State>();
        };
        quote!(const _: () = { #declared #asserts };)
    }
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
            Self::Nothing => quote!(|_| ::core::option::Option::None),
        }
    }
}

/// What an impl must demand of the permissions, since neither the state nor the user need be known in it.
pub(crate) fn permit_bounds(
    permit: Option<&Permissions>,
    runtime: &Path,
    state: &TokenStream,
    user: &TokenStream,
) -> TokenStream {
    let leaves = permit.into_iter().flat_map(Permissions::leaves);
    leaves.map(|leaf| respanned(quote!(#leaf: #runtime::Permission<#state, #user>,), leaf.span())).collect()
}

/// The method that asks the permission, where there is one.
pub(crate) fn permit_fn(
    permit: Option<&Permissions>,
    runtime: &Path,
    state: &TokenStream,
    user: &TokenStream,
) -> Option<TokenStream> {
    let permit = permit?;
    let (ty, value) = (permit.ty(runtime), permit.value(runtime));
    Some(quote! {
        async fn permit<'a>(
            access: &'a #runtime::permission::Access<'a, #state, #user>,
        ) -> ::core::result::Result<(), #runtime::AuthError> {
            static PERMIT: #ty = #value;
            #runtime::Permission::<#state, #user>::has_permission(&PERMIT, access).await
        }
    })
}
