//! `#[handlers]` on an `impl` block: its methods with `#[authenticate]` become handlers.
//!
//! A block can only contain associated items, so the items of a handler are put after it.

use proc_macro2::TokenStream;

use crate::authenticate;
use crate::error::report;

mod attr;
mod check;
mod expand;
mod model;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    match attr::read(args, item.clone()) {
        Ok(args) => check::check(args).expand(),
        Err(fault) => report(fault, &authenticate::without_marks(item)),
    }
}
