//! The procedural macros of `auth-runtime`. They are documented where that crate re-exports them.
#![warn(missing_docs)]

use proc_macro::TokenStream;

mod attribute;
mod authenticate;
mod authenticator;
mod chain;
mod crate_path;
mod entry;
mod error;
mod handlers;
mod message;
mod meta;
mod misplaced;
mod permit;
mod policy;
mod throttle;
mod tokens;

#[cfg(test)]
mod tests;

/// See `auth_runtime::authenticate`.
#[proc_macro_attribute]
pub fn authenticate(args: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(args.into(), item.into(), authenticate::expand).into()
}

/// See `auth_runtime::permit`.
#[proc_macro_attribute]
pub fn permit(args: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(args.into(), item.into(), permit::expand).into()
}

/// See `auth_runtime::throttle`.
#[proc_macro_attribute]
pub fn throttle(args: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(args.into(), item.into(), throttle::expand).into()
}

/// See `auth_runtime::handlers`.
#[proc_macro_attribute]
pub fn handlers(args: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(args.into(), item.into(), handlers::expand).into()
}

/// See `auth_runtime::Authenticator`.
#[proc_macro_derive(Authenticator, attributes(authenticator))]
pub fn authenticator(item: TokenStream) -> TokenStream {
    entry::derive(item.into(), authenticator::expand).into()
}

/// See `auth_runtime::Policy`.
#[proc_macro_derive(Policy, attributes(policy))]
pub fn policy(item: TokenStream) -> TokenStream {
    entry::derive(item.into(), policy::expand).into()
}
