//! Schemes as the user writes them, `Token(keyword = "Bearer")`, and the constants they become.

use darling::{Error, Result};
use proc_macro2::{Span, TokenStream};

use crate::tokens::split;

mod attr;
mod check;
mod expand;
mod model;

pub(crate) use self::check::{check_length, twice_apart};
pub(crate) use self::expand::{Constants, aliases};
pub(crate) use self::model::Scheme;

/// Reads a list of schemes, as in `chain(Token, Session)`. An empty list is reported at `span`.
pub(crate) fn parse_list(tokens: TokenStream, span: Span) -> Result<Vec<Scheme>> {
    let mut faults = Error::accumulator();
    let schemes: Vec<_> = split(tokens).into_iter().filter_map(|part| faults.handle(Scheme::parse(part))).collect();
    faults = faults.checkpoint()?;
    check::check_named(&schemes, span, &mut faults);
    faults.finish_with(schemes)
}
