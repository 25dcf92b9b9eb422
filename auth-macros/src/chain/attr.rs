//! Reads schemes: `Token(keyword = "Bearer")`.

use darling::{Error, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Path, Token};

use super::model::{Scheme, SchemeOption};
use crate::error::fault;
use crate::message;
use crate::tokens::split;

impl Scheme {
    pub(crate) fn parse(tokens: TokenStream) -> Result<Self> {
        match misread(&tokens) {
            Some(fault) => Err(fault),
            None => Self::parse_or(tokens, message::SCHEME_SYNTAX, message::OPTION_SYNTAX),
        }
    }

    /// As `parse`, with other texts for anything that is neither a path with options nor an option.
    pub(crate) fn parse_or(tokens: TokenStream, syntax: &str, option_syntax: &str) -> Result<Self> {
        let parser = |input: ParseStream<'_>| {
            let path = input.call(Path::parse_mod_style)?;
            if input.is_empty() {
                return Ok((path, None));
            }
            let options;
            syn::parenthesized!(options in input);
            let options = options.parse::<TokenStream>()?;
            if input.is_empty() { Ok((path, Some(options))) } else { Err(input.error("")) }
        };
        let span = tokens.span();
        let (path, options) = parser.parse2(tokens).map_err(|_| Error::custom(syntax).with_span(&span))?;
        let options = parse_options(options.unwrap_or_default(), option_syntax)?;
        Ok(Self { path, options })
    }
}

/// Parses `key = value` pairs, and reports all faults together.
fn parse_options(tokens: TokenStream, syntax: &str) -> Result<Vec<SchemeOption>> {
    let mut faults = Error::accumulator();
    let parser = |input: ParseStream<'_>| {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(SchemeOption { key, value: input.parse()? })
    };
    let options: Vec<_> = split(tokens)
        .into_iter()
        .filter_map(|option| {
            let span = option.span();
            // A keyword, so no field of a scheme can have this name.
            let is_crate = option.clone().into_iter().next().is_some_and(|first| first.to_string() == "crate");
            let message = if is_crate { message::CRATE_IN_SCHEME } else { syntax };
            faults.handle(parser.parse2(option).map_err(|_| Error::custom(message).with_span(&span)))
        })
        .collect();
    for (at, option) in options.iter().enumerate() {
        if options[..at].iter().any(|other| other.key == option.key) {
            faults.push(fault(&option.key, message::second_option(&option.key.to_string())));
        }
    }
    faults.finish_with(options)
}

/// Recognizes what the user may have mistaken for a scheme: a list in brackets or with other separators than commas, or the
/// name of an attribute.
fn misread(tokens: &TokenStream) -> Option<Error> {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    let message = match tokens.as_slice() {
        [TokenTree::Group(_)] => message::SCHEMES_AS_LIST,
        [TokenTree::Ident(word), rest @ ..] => {
            let has_list = matches!(rest, [TokenTree::Group(_)]);
            match word.to_string().as_str() {
                "all" | "any" | "chain" | "not" if has_list => message::SCHEMES_AS_LIST,
                "permit" if has_list => message::PERMIT_AMONG_SCHEMES,
                "throttle" if has_list => message::THROTTLE_AMONG_SCHEMES,
                _ => return separator(rest).map(|other| fault(other, message::SCHEMES_AS_LIST)),
            }
        }
        _ => return None,
    };
    tokens.first().map(|first| fault(first, message))
}

/// Finds a separator other than a comma between schemes.
fn separator(tokens: &[TokenTree]) -> Option<&TokenTree> {
    tokens.iter().find(|token| match token {
        TokenTree::Punct(punct) => ['|', '&', ';', '+', '='].contains(&punct.as_char()),
        TokenTree::Ident(word) => ["and", "or", "then"].iter().any(|other| word == other),
        _ => false,
    })
}
