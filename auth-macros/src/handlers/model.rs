//! A block with checked methods.

use darling::Error;
use proc_macro2::TokenStream;
use syn::{ImplItem, ImplItemFn, ItemImpl};

use crate::authenticate::Handler;

pub(super) struct Block {
    /// The block without its content.
    pub(super) head: ItemImpl,
    pub(super) items: Vec<Item>,
    /// The faults of the block itself.
    pub(super) faults: Option<Error>,
}

#[allow(clippy::large_enum_variant, variant_size_differences)] // they live for one expansion
pub(super) enum Item {
    Handler(ImplItemFn, Handler),
    /// A handler with a faulty declaration: its faults, and the method for the editor.
    Faulty(TokenStream),
    Other(ImplItem),
}
