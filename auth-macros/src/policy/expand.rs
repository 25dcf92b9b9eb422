//! Turns a valid named policy into tokens. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::quote;

use super::default_rules::default_rules;
use super::model::{ChainPolicy, CredentialChoice, NamedPolicy, PolicyKind};

impl NamedPolicy {
    pub(super) fn expand(self) -> TokenStream {
        let Self { name, runtime, state, schemes, rules, all_challenges } = &self;
        let policy = ChainPolicy {
            name,
            runtime,
            only_for: state.as_ref(),
            router_state: None,
            kind: PolicyKind::Named,
            schemes,
            rules,
            all_challenges: *all_challenges,
            verifies_csrf_form: false,
            auth: CredentialChoice::All,
            declared_as: name,
        };
        let items = policy.items();
        let default_rules = default_rules(name, runtime, state.as_ref(), rules);
        let asserts = state.as_ref().map(|state| policy.asserts(state, &TokenStream::new()));
        let states_permission = rules.permit.is_some().then(|| {
            let (generics, state) = match state {
                Some(state) => (quote!(), quote!(#state)),
                None => (quote!(<__S: #runtime::AuthState>), quote!(__S)),
            };
            quote! {
                #[automatically_derived]
                impl #generics #runtime::StatesPermission<#state> for #name {}
            }
        });
        quote! {
            #[allow(unused_qualifications, clippy::all, clippy::pedantic)]
            const _: () = { #items #default_rules #asserts #states_permission };
        }
    }
}
