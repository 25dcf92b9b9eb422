//! `#[derive(Authenticator)]`: a scheme from a struct.

use darling::Error;
use proc_macro2::TokenStream;
use syn::{DeriveInput, parse_quote};

use crate::error::report;
use crate::{message, policy};

mod attr;
mod check;
mod expand;
mod fallback;
mod model;

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(fault) => return fault.into_compile_error(),
    };
    let receiver = match attr::read(&input) {
        Ok(receiver) => receiver,
        Err(faults) => return report(faults, &fallback::scheme(&input)),
    };
    if let Some(chain) = &receiver.chain {
        // So that uses of the policy cause no further errors.
        let policy = policy::derive(&as_policy(input)).unwrap_or_default();
        return report(Error::custom(message::DERIVE_CHAIN).with_span(&chain.0), &policy);
    }
    match check::check(receiver) {
        Ok(scheme) => scheme.expand(),
        Err(faults) => report(faults, &fallback::scheme(&input)),
    }
}

/// Returns the struct as `#[derive(Policy)]` would see it.
fn as_policy(mut input: DeriveInput) -> DeriveInput {
    for attribute in &mut input.attrs {
        if attribute.path().is_ident("authenticator")
            && let syn::Meta::List(list) = &attribute.meta
        {
            let keys = &list.tokens;
            *attribute = parse_quote!(#[policy(#keys)]);
        }
    }
    input
}
