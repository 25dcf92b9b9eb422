//! `#[handlers]` on an `impl` block: its methods with `#[authenticate]` become handlers.
//!
//! Nothing but associated items can stand inside a block, so what belongs to a handler is put behind it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{ImplItem, ItemFn, ItemImpl, Meta, Type};

use crate::authenticate::{self, Owner};
use crate::error::{fault, report};
use crate::message;
use crate::permit::is_named;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else {
        return report(fault(&item, message::HANDLERS_NOT_IMPL), &item);
    };
    let owner = owner(&block);
    let mut beside = TokenStream::new();
    let mut found = false;
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let Some(at) = method.attrs.iter().position(|attribute| is_named(attribute, "authenticate")) else { continue };
        found = true;
        let args = match method.attrs.remove(at).meta {
            Meta::List(list) => list.tokens,
            _ => TokenStream::new(),
        };
        let function = ItemFn {
            attrs: method.attrs.clone(),
            vis: method.vis.clone(),
            modifiers: method.modifiers.clone(),
            sig: method.sig.clone(),
            block: Box::new(method.block.clone()),
        };
        match authenticate::handler(args, function, Some(&owner)) {
            Ok(expansion) => {
                method.attrs = expansion.function.attrs;
                method.sig = expansion.function.sig;
                beside.extend(expansion.items);
            }
            Err(faulty) => *item = ImplItem::Verbatim(faulty),
        }
    }
    if !found {
        return report(fault(&block.self_ty, message::HANDLERS_NONE), &block);
    }
    if !args.is_empty() {
        return report(fault(&args, message::HANDLERS_ARGS), &quote!(#block #beside));
    }
    quote!(#block #beside)
}

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
