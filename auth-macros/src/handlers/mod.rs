//! `#[handlers]` on an `impl` block: its methods with `#[authenticate]` become handlers.
//!
//! Nothing but associated items can stand inside a block, so what belongs to a handler is put behind it.

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
