//! `#[derive(Policy)]`, and the policy of a handler, which is generated in the same way.

use darling::Result;
use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::error::report;

mod attr;
mod chain_policy;
mod check;
mod client;
mod credentials;
pub(crate) mod declaration;
mod default_rules;
mod defaults;
mod expand;
mod fallback;
mod known_state;
mod model;
mod rules;

pub(crate) use self::known_state::KnownState;
pub(crate) use self::model::{ChainPolicy, CredentialChoice, PolicyKind, Rules};
pub(crate) use self::rules::Fallback;

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(fault) => return fault.into_compile_error(),
    };
    derive(&input).unwrap_or_else(|faults| report(faults, &fallback::policy(&input)))
}

/// Builds the impls of a struct with `#[policy(..)]`.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    Ok(check::check(attr::read(input)?)?.expand())
}
