//! `#[authenticate(..)]` on a handler.

use proc_macro2::TokenStream;
use syn::ItemFn;

use crate::error::{fault, report};
use crate::message;

mod attr;
mod check;
mod expand;
mod model;

pub(crate) use self::expand::Expansion;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let Ok(function) = syn::parse2::<ItemFn>(item.clone()) else {
        let span = proc_macro2::Span::call_site();
        return report(darling::Error::custom(message::NOT_A_FUNCTION).with_span(&span), &item);
    };
    match handler(args, function, None) {
        Ok(Expansion { function, items }) => quote::quote!(#function #items),
        Err(faulty) => faulty,
    }
}

/// The rewritten handler and what goes beside it; or the faults, with the handler as an editor wants it.
pub(crate) fn handler(
    args: TokenStream,
    function: ItemFn,
    owner: Option<&syn::Ident>,
) -> Result<Expansion, TokenStream> {
    let args = attr::Args::parse(args);
    check::check(args, function.clone(), owner)
        .map(model::Handler::expand)
        .map_err(|faults| report(faults, &check::without_marks(function)))
}

/// Says that a method cannot be a handler's owner.
pub(crate) fn self_path_fault(path: &syn::Path) -> darling::Error {
    fault(path, message::HANDLERS_SELF)
}
