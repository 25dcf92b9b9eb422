//! The procedural macros of `auth-runtime`. Their documentation is where that crate re-exports them.

use proc_macro::TokenStream;

/// Placeholder.
#[proc_macro_attribute]
pub fn authenticate(_args: TokenStream, item: TokenStream) -> TokenStream { item }
/// Placeholder.
#[proc_macro_attribute]
pub fn permit(_args: TokenStream, item: TokenStream) -> TokenStream { item }
/// Placeholder.
#[proc_macro_attribute]
pub fn handlers(_args: TokenStream, item: TokenStream) -> TokenStream { item }
/// Placeholder.
#[proc_macro_derive(Authenticator, attributes(authenticator))]
pub fn authenticator(_item: TokenStream) -> TokenStream { TokenStream::new() }
