//! Tests without a compiler: the messages and the output of the macros.

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

/// Expands `item` as rustc would, by the first of our attributes.
fn expand(args: &str, item: &str) -> TokenStream {
    crate::authenticate::expand(tokens(args), tokens(item))
}
