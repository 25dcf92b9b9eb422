//! `#[authenticate(..)]` on a handler.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{ImplItem, Item, ItemFn, TraitItem, TraitItemFn};

use crate::attribute::Note;
use crate::error::{fault, report};
use crate::message;

mod asserts;
mod attr;
mod check;
mod expand;
mod fallback;
mod marks;
mod model;
mod signature;
mod witness;

pub(crate) use self::expand::Expansion;
pub(crate) use self::model::{Handler, Owner};

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let Ok(function) = parse_function(item.clone()) else {
        return report(fault(&item, message::NOT_A_FUNCTION), &without_marks(item));
    };
    if Note::InBlock.is_on(&function.attrs) {
        let fault = fault(if args.is_empty() { &item } else { &args }, message::HANDLERS_RENAMED);
        return report(fault, &fallback::without_marks(function, &crate::crate_path::default()));
    }
    match check(args, function, None) {
        Ok(handler) => {
            let Expansion { function, items } = handler.expand();
            quote!(#function #items)
        }
        Err(faulty) => faulty,
    }
}

/// Returns the item without our attributes, if it is a function or contains some.
pub(crate) fn without_marks(item: TokenStream) -> TokenStream {
    let runtime = crate::crate_path::default();
    if let Ok(function) = parse_function(item.clone()) {
        return fallback::without_marks(function, &runtime).into_token_stream();
    }
    if let Ok(method) = syn::parse2::<TraitItemFn>(item.clone()) {
        return fallback::declared_without_marks(method).into_token_stream();
    }
    let Ok(mut holder) = syn::parse2::<Item>(item.clone()) else { return item };
    match &mut holder {
        Item::Impl(block) => {
            for item in &mut block.items {
                *item = ImplItem::Verbatim(without_marks(item.to_token_stream()));
            }
        }
        Item::Trait(listing) => {
            for item in &mut listing.items {
                *item = TraitItem::Verbatim(without_marks(item.to_token_stream()));
            }
        }
        Item::Mod(syn::ItemMod { content: Some((_, items)), .. }) => {
            for item in items {
                *item = Item::Verbatim(without_marks(item.to_token_stream()));
            }
        }
        _ => return item,
    }
    holder.into_token_stream()
}

/// Parses a function with any body: rustc reports errors in the body, and an editor sees it while it is typed.
fn parse_function(item: TokenStream) -> syn::Result<ItemFn> {
    let mut tokens: Vec<_> = item.into_iter().collect();
    let mut body = TokenStream::new();
    if let Some(proc_macro2::TokenTree::Group(group)) = tokens.last_mut() {
        body = group.stream();
        let mut empty = proc_macro2::Group::new(group.delimiter(), TokenStream::new());
        empty.set_span(group.span());
        *group = empty;
    }
    let mut function: ItemFn = syn::parse2(tokens.into_iter().collect())?;
    function.block.stmts.push(syn::Stmt::Expr(syn::Expr::Verbatim(body), None));
    Ok(function)
}

/// Checks a handler. Faults come with the handler for the editor.
pub(crate) fn check(args: TokenStream, function: ItemFn, owner: Option<&Owner>) -> Result<Handler, TokenStream> {
    let args = attr::Args::parse(args);
    let runtime = args.crate_path.clone().unwrap_or_else(crate::crate_path::default);
    let named = args.schemes.iter().map(|scheme| scheme.path.clone()).collect::<Vec<_>>();
    check::check(args, function.clone(), owner).map_err(|faults| {
        // Keeps rustc from reporting the imports of the schemes as unused.
        let can_stand_beside = owner.is_none() && function.sig.receiver().is_none() && !named.is_empty();
        let named =
            can_stand_beside.then(|| quote!(const _: () = { #[allow(dead_code)] fn named(#(_: #named),*) {} };));
        let function = fallback::without_marks(function, &runtime);
        report(faults, &quote!(#function #named))
    })
}
