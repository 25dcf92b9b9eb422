//! Reads throttles: `user = "1000/day", anon = "20/hour"`.

use darling::{Error, Result};
use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, Lit, Token};

use super::model::Throttle;
use crate::chain::Scheme;
use crate::error::fault;
use crate::message;
use crate::tokens::split;

/// The content of the parentheses, as far as it could be read.
pub(super) struct Args {
    pub(super) throttles: Vec<Throttle>,
    /// The word `none`.
    pub(super) none: Option<Ident>,
    /// The number of parts between commas.
    pub(super) parts: usize,
    pub(super) faults: Vec<Error>,
}

impl Args {
    pub(super) fn parse(tokens: TokenStream) -> Self {
        let parts = split(tokens);
        let mut args = Self { throttles: Vec::new(), none: None, parts: parts.len(), faults: Vec::new() };
        for part in parts {
            if let Some(none) = none(&part) {
                args.none.get_or_insert(none);
                continue;
            }
            match Throttle::parse(part) {
                Ok(throttle) => args.throttles.push(throttle),
                Err(fault) => args.faults.push(fault),
            }
        }
        args
    }
}

impl Throttle {
    fn parse(tokens: TokenStream) -> Result<Self> {
        let option = |input: ParseStream<'_>| {
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            Ok((key, input.parse::<Expr>()?))
        };
        if let Ok((key, rate)) = option.parse2(tokens.clone()) {
            let of = match key.to_string().as_str() {
                "anon" => "AnonRate",
                "client" => "ClientRate",
                "user" => "UserRate",
                "scope" => return Err(fault(&key, message::SCOPE_SYNTAX)),
                unknown => {
                    return Err(Error::unknown_field_with_alts(unknown, &["anon", "client", "user"]).with_span(&key));
                }
            };
            expect_text(&rate, message::THROTTLE_SYNTAX)?;
            return Ok(Self::Rate { key, of, rate });
        }
        let own = Scheme::parse_or(tokens, message::THROTTLE_SYNTAX, message::THROTTLE_SYNTAX)?;
        match own.path.get_ident() {
            Some(key) if key == "scope" => Self::scope(key.clone(), own),
            Some(key) if ["anon", "client", "user"].iter().any(|rate| key == rate) => {
                Err(fault(key, message::THROTTLE_SYNTAX))
            }
            _ => Ok(Self::Own(own)),
        }
    }

    fn scope(key: Ident, own: Scheme) -> Result<Self> {
        let (mut name, mut rate) = (None, None);
        for (option, value) in own.options() {
            let slot = match option.to_string().as_str() {
                "name" => &mut name,
                "rate" => &mut rate,
                unknown => return Err(Error::unknown_field_with_alts(unknown, &["name", "rate"]).with_span(option)),
            };
            expect_text(value, message::SCOPE_SYNTAX)?;
            *slot = Some(value.clone());
        }
        match (name, rate) {
            (Some(name), Some(rate)) => Ok(Self::Scope { key, name, rate }),
            _ => Err(fault(&key, message::SCOPE_SYNTAX)),
        }
    }
}

/// Returns the word `none`, if the part is that.
fn none(part: &TokenStream) -> Option<Ident> {
    syn::parse2::<Ident>(part.clone()).ok().filter(|word| word == "none")
}

/// Checks that a rate is a text, or an expression that becomes one.
fn expect_text(value: &Expr, syntax: &str) -> Result<()> {
    match value {
        Expr::Binary(_) | Expr::Assign(_) => Err(fault(value, syntax)),
        Expr::Lit(literal) if !matches!(literal.lit, Lit::Str(_)) => Err(fault(value, syntax)),
        _ => Ok(()),
    }
}
