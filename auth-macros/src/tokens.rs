//! Splits, respans and prints tokens.

use proc_macro2::{Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Token;
use syn::parse::Parser;
use syn::punctuated::Punctuated;

/// Splits at the commas that are in no group and in no angle brackets.
pub(crate) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let mut depth = 0_usize;
    let mut arrow = false;
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                ',' if depth == 0 => {
                    parts.push(TokenStream::new());
                    continue;
                }
                '<' => depth += 1,
                '>' if !arrow => depth = depth.saturating_sub(1),
                _ => {}
            }
            arrow = matches!(punct.as_char(), '-' | '=') && punct.spacing() == Spacing::Joint;
        }
        if let Some(last) = parts.last_mut() {
            last.extend([token]);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Returns the same tokens with another span.
pub(crate) fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    let respan = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            let mut inner = proc_macro2::Group::new(group.delimiter(), respanned(group.stream(), span));
            inner.set_span(span);
            return inner.into();
        }
        token.set_span(span);
        token
    };
    tokens.into_iter().map(respan).collect()
}

/// Returns tokens as a person would type them.
pub(crate) fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    text.replace(" :: ", "::").replace(":: ", "::").replace(" ::", "::")
}

/// Parses a comma-separated list.
pub(crate) fn parse_punctuated<T: syn::parse::Parse>(tokens: TokenStream) -> syn::Result<Vec<T>> {
    Ok(Punctuated::<T, Token![,]>::parse_terminated.parse2(tokens)?.into_iter().collect())
}
