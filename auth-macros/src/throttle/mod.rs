//! `#[throttle(..)]`: throttles as the user writes them, `user = "1000/day", anon = "20/hour"`.

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

pub(crate) use self::model::Throttles;

/// Reads the arguments of `#[throttle(..)]`. An empty list is reported at `span`.
pub(crate) fn parse(tokens: TokenStream, span: Span) -> Result<Throttles> {
    check::check(attr::Args::parse(tokens), span)
}

/// Reads the attribute.
pub(crate) fn of_attribute(attribute: &Attribute) -> Result<Throttles> {
    parse(arguments(attribute), attribute.path().span())
}

/// Expands `#[throttle]` itself. In the right place, `#[authenticate]` removes it, so here it is misplaced.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let messages = Messages {
        name: "throttle",
        alone: message::ALONE_THROTTLE,
        above: message::THROTTLE_ABOVE,
        renamed: message::THROTTLE_RENAMED,
    };
    misplaced::expand(&messages, &args, item)
}
