//! `#[permit(..)]`: permissions as the user writes them, `IsStaff | IsOwner & !IsBanned`.

use darling::Result;
use proc_macro2::{Span, TokenStream};
use syn::Attribute;
use syn::spanned::Spanned;

use crate::attribute::arguments;
use crate::misplaced::Messages;
use crate::{message, misplaced};

mod attr;
mod check;
mod expand;
mod model;

pub(crate) use self::model::Permissions;

/// Reads the arguments of `#[permit(..)]`. An empty list is reported at `span`.
pub(crate) fn parse(tokens: TokenStream, span: Span) -> Result<Permissions> {
    check::check(attr::Args::parse(tokens), span)
}

/// Reads the attribute.
pub(crate) fn of_attribute(attribute: &Attribute) -> Result<Permissions> {
    parse(arguments(attribute), attribute.path().span())
}

/// Expands `#[permit]` itself. In the right place, `#[authenticate]` removes it, so here it is misplaced.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let messages = Messages {
        name: "permit",
        alone: message::ALONE_PERMIT,
        above: message::PERMIT_ABOVE,
        renamed: message::PERMIT_RENAMED,
    };
    misplaced::expand(&messages, &args, item)
}
