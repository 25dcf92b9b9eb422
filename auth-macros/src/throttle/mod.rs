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

/// Reads the arguments of `#[throttle(..)]`. `span` is where to say that there are none.
pub(crate) fn parse(tokens: TokenStream, span: Span) -> Result<Throttles> {
    check::check(attr::Args::parse(tokens), span)
}

/// Reads the attribute.
pub(crate) fn of_attribute(attribute: &Attribute) -> Result<Throttles> {
    parse(arguments(attribute), attribute.path().span())
}

/// `#[throttle]` by itself: `#[authenticate]` takes it away where it stands in the right place, so here it does not.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let messages = Messages {
        name: "throttle",
        alone: message::ALONE_THROTTLE,
        above: message::THROTTLE_ABOVE,
        renamed: message::THROTTLE_RENAMED,
    };
    misplaced::expand(&messages, &args, item)
}
