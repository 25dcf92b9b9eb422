//! Turns a checked block into tokens. Nothing here can fail.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ImplItem;

use super::model::{Block, Item};
use crate::authenticate::Expansion;
use crate::error::report;

impl Block {
    pub(super) fn expand(self) -> TokenStream {
        let Self { head: mut block, items, faults } = self;
        let mut beside = TokenStream::new();
        let items = items.into_iter().map(|item| match item {
            Item::Handler(mut method, handler) => {
                let Expansion { function, items } = handler.expand();
                method.attrs = function.attrs;
                method.sig = function.sig;
                beside.extend(items);
                ImplItem::Fn(method)
            }
            Item::Faulty(faulty) => ImplItem::Verbatim(faulty),
            Item::Other(item) => item,
        });
        block.items = items.collect();
        match faults {
            Some(faults) => report(faults, &quote!(#block #beside)),
            None => quote!(#block #beside),
        }
    }
}
