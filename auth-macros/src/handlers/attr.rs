//! Reads a block and the attributes of its methods.

use darling::Result;
use proc_macro2::TokenStream;
use syn::{ImplItem, ImplItemFn, ItemImpl};

use crate::attribute::{Note, arguments, is_named, ours_in_cfg_attr};
use crate::error::fault;
use crate::message;

pub(super) struct Args {
    /// The arguments of `#[handlers]` itself.
    pub(super) of_block: TokenStream,
    /// The block without its content.
    pub(super) head: ItemImpl,
    pub(super) items: Vec<Item>,
}

#[allow(clippy::large_enum_variant, variant_size_differences)] // they live for one expansion
pub(super) enum Item {
    /// A method without its `#[authenticate]`, and the arguments of that attribute.
    Handler(ImplItemFn, TokenStream),
    Other(ImplItem),
}

pub(super) fn read(of_block: TokenStream, item: TokenStream) -> Result<Args> {
    let mut head = syn::parse2::<ItemImpl>(item.clone()).map_err(|_| fault(&item, message::HANDLERS_NOT_IMPL))?;
    let items = std::mem::take(&mut head.items).into_iter().map(Item::read).collect();
    Ok(Args { of_block, head, items })
}

impl Item {
    fn read(item: ImplItem) -> Self {
        let ImplItem::Fn(mut method) = item else { return Self::Other(item) };
        match method.attrs.iter().position(|attribute| is_named(attribute, "authenticate")) {
            Some(at) => {
                let args = arguments(&method.attrs.remove(at));
                Self::Handler(method, args)
            }
            None if has_ours_in_cfg_attr(&method) => Self::Handler(method, TokenStream::new()),
            None => {
                Note::InBlock.leave(&mut method.attrs);
                Self::Other(ImplItem::Fn(method))
            }
        }
    }
}

/// Returns whether a `cfg_attr` makes the method a handler, which `#[authenticate]` refuses.
fn has_ours_in_cfg_attr(method: &ImplItemFn) -> bool {
    method.attrs.iter().any(|attribute| ours_in_cfg_attr(&attribute.meta).is_some())
}
