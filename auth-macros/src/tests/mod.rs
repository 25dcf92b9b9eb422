//! Tests without a compiler: what the macros say, and what they emit.

mod expansion;
mod faults;
mod guard;
mod hygiene;
mod names;
mod panic;

use proc_macro2::TokenStream;

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("the test's own tokens")
}

/// Expands `item` the way rustc would, by the first attribute of ours.
fn expand(args: &str, item: &str) -> TokenStream {
    crate::authenticate::expand(tokens(args), tokens(item))
}
