//! The rules of a block. The rules of its handlers are those of `#[authenticate]`.

use darling::Error;
use quote::{format_ident, quote};
use syn::{ImplItemFn, ItemFn, ItemImpl, Type};

use super::attr::{self, Args};
use super::model::{Block, Item};
use crate::authenticate::{self, Owner};
use crate::error::fault;
use crate::message;

pub(super) fn check(args: Args) -> Block {
    let Args { of_block, head, items } = args;
    let mut faults = Error::accumulator();
    if !items.iter().any(|item| matches!(item, attr::Item::Handler(..))) {
        faults.push(fault(&head.self_ty, message::HANDLERS_NONE));
    }
    if !of_block.is_empty() {
        faults.push(fault(&of_block, message::HANDLERS_ARGS));
    }
    let owner = owner(&head);
    let items = items.into_iter().map(|item| match item {
        attr::Item::Other(item) => Item::Other(item),
        attr::Item::Handler(method, args) => match authenticate::check(args, function(&method), Some(&owner)) {
            Ok(handler) => Item::Handler(method, handler),
            Err(item) => Item::Faulty(item),
        },
    });
    let items = items.collect();
    Block { head, items, faults: faults.finish().err() }
}

/// Returns the method as a function.
fn function(method: &ImplItemFn) -> ItemFn {
    ItemFn {
        attrs: method.attrs.clone(),
        vis: method.vis.clone(),
        modifiers: method.modifiers.clone(),
        sig: method.sig.clone(),
        block: Box::new(method.block.clone()),
    }
}

/// Returns how the methods of the block are named from beside it.
fn owner(block: &ItemImpl) -> Owner {
    let ty = &block.self_ty;
    let name = match &**ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.clone()),
        _ => None,
    };
    let before = match &block.trait_ {
        _ if !block.generics.params.is_empty() => None,
        Some((path, _)) => Some(quote!(<#ty as #path>::)),
        None => Some(quote!(<#ty>::)),
    };
    Owner { name: name.unwrap_or_else(|| format_ident!("block")), before }
}
