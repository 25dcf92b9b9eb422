//! A block whose methods are checked.

use darling::Error;
use proc_macro2::TokenStream;
use syn::{ImplItem, ImplItemFn, ItemImpl};

use crate::authenticate::Handler;

pub(super) struct Block {
    /// The block without what it holds.
    pub(super) head: ItemImpl,
    pub(super) items: Vec<Item>,
    /// What is wrong with the block itself.
    pub(super) faults: Option<Error>,
}

#[allow(clippy::large_enum_variant, variant_size_differences)] // they live for one expansion
pub(super) enum Item {
    Handler(ImplItemFn, Handler),
    /// A handler whose declaration cannot work: its faults, and the method as an editor wants it.
    Faulty(TokenStream),
    Other(ImplItem),
}
