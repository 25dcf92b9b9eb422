//! Schemes as the user writes them, `Token(keyword = "Bearer")`, and the constants they become.

use darling::{Error, Result};
use proc_macro2::{Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Path, Token};

use crate::error::fault;
use crate::message;

/// A scheme with its options.
pub(crate) struct Scheme {
    pub(crate) path: Path,
    options: Vec<SchemeOption>,
}

struct SchemeOption {
    key: Ident,
    value: Expr,
}

impl Scheme {
    /// Its options, by name.
    pub(crate) fn options(&self) -> impl Iterator<Item = (&Ident, &Expr)> {
        self.options.iter().map(|SchemeOption { key, value }| (key, value))
    }

    /// The scheme as the user wrote it, for messages.
    pub(crate) fn text(&self) -> String {
        let path = text(&self.path);
        if self.options.is_empty() {
            return path;
        }
        let options = self.options.iter().map(|option| format!("{} = {}", option.key, text(&option.value)));
        format!("{path}({})", options.collect::<Vec<_>>().join(", "))
    }

    pub(crate) fn parse(tokens: TokenStream) -> Result<Self> {
        Self::parse_or(tokens, message::SCHEME_SYNTAX, message::OPTION_SYNTAX)
    }

    /// The same with other words for what is neither a path with options nor an option.
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

/// `key = value` pairs; all faults together.
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
            faults.handle(parser.parse2(option).map_err(|_| Error::custom(syntax).with_span(&span)))
        })
        .collect();
    for (at, option) in options.iter().enumerate() {
        if options[..at].iter().any(|other| other.key == option.key) {
            faults.push(fault(&option.key, message::second_option(&option.key.to_string())));
        }
    }
    faults.finish_with(options)
}

/// Splits at the commas that stand in no group and in no angle brackets.
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

/// The same tokens on another span.
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

/// Tokens as one would type them.
pub(crate) fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    text.replace(" :: ", "::").replace(":: ", "::").replace(" ::", "::")
}

/// The type and the value of a chain, with everything they need.
pub(crate) struct Constants {
    /// Items for the block that uses the chain.
    pub(crate) items: TokenStream,
    /// The type of the tuple.
    pub(crate) chain: TokenStream,
    /// Its value.
    pub(crate) value: TokenStream,
    /// The type of its credentials.
    pub(crate) auth: TokenStream,
}

/// The alias of each scheme's type, in order.
pub(crate) fn aliases(schemes: &[Scheme]) -> Vec<Ident> {
    let alias = |(at, scheme): (usize, &Scheme)| format_ident!("__Scheme{at}", span = scheme.path.span());
    schemes.iter().enumerate().map(alias).collect()
}

/// Whether a scheme's credentials cannot be picked: the same path stands twice, with another between.
pub(crate) fn twice_apart(schemes: &[Scheme]) -> Option<&Scheme> {
    schemes.iter().enumerate().skip(2).find_map(|(at, scheme)| {
        let adjoins = schemes[at - 1].path == scheme.path;
        (!adjoins && schemes[..at - 1].iter().any(|other| other.path == scheme.path)).then_some(scheme)
    })
}

impl Constants {
    /// The name of the constant of a scheme.
    pub(crate) fn name(at: usize, span: Span) -> Ident {
        format_ident!("__SCHEME{at}", span = span)
    }

    /// One alias and one checked constant for each scheme, and one assertion for each pair.
    ///
    /// The path is written once, in the alias, so that a typing error in it is one fault; the literal carries the user's
    /// span, or rustc would not tell which field was meant.
    pub(crate) fn of(schemes: &[Scheme], runtime: &Path) -> Self {
        let aliases = aliases(schemes);
        let constant_at = Self::name;
        let mut items = quote!(#[allow(unused_imports)] use #runtime::__private::NotDerived as _;);
        for (at, Scheme { path, options }) in schemes.iter().enumerate() {
            let (alias, constant) = (&aliases[at], constant_at(at, path.span()));
            let default = quote_spanned!(path.span()=> <#alias as #runtime::Authenticator>::DEFAULT);
            let scheme = if options.is_empty() {
                default
            } else {
                let fields = options.iter().map(|SchemeOption { key, value }| quote!(#key: #value));
                quote_spanned!(path.span()=> #alias { #(#fields,)* ..#default })
            };
            items.extend(quote_spanned! {path.span()=>
                type #alias = #path;
                #[allow(clippy::needless_update)]
                const #constant: #runtime::Declared<#alias> = #scheme.declare();
            });
            for (earlier, first) in schemes[..at].iter().enumerate() {
                let first_constant = constant_at(earlier, path.span());
                let message = message::collision(&first.text(), &schemes[at].text());
                items.extend(quote_spanned! {path.span()=>
                    const _: () = ::core::assert!(
                        !#runtime::__private::collide(&#first_constant.claim, &#constant.claim),
                        "{}",
                        #message
                    );
                });
            }
        }
        let (mut types, mut values) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < schemes.len() {
            let same = schemes[at..].iter().take_while(|scheme| scheme.path == schemes[at].path).count();
            let alias = &aliases[at];
            let constants: Vec<_> = (at..at + same).map(|at| constant_at(at, schemes[at].path.span())).collect();
            if same == 1 {
                types.push(quote!(#alias));
                values.push(quote_spanned!(alias.span()=> #(#constants.scheme)*));
            } else {
                types.push(quote!([#alias; #same]));
                values.push(quote!([#(#constants.scheme),*]));
            }
            at += same;
        }
        let auth = match types.as_slice() {
            [] => quote!(#runtime::OneOf<(), #runtime::Nobody>),
            types => types.iter().rev().fold(
                quote!(#runtime::Nobody),
                |later, scheme| quote!(#runtime::OneOf<<#scheme as #runtime::Authenticator>::Auth, #later>),
            ),
        };
        Self { items, chain: quote!((#(#types,)*)), value: quote!((#(#values,)*)), auth }
    }
}

/// A list of schemes in parentheses, as in `chain(Token, Session)`.
pub(crate) fn parse_list(tokens: TokenStream, span: Span) -> Result<Vec<Scheme>> {
    let mut faults = Error::accumulator();
    let schemes: Vec<_> = split(tokens).into_iter().filter_map(|part| faults.handle(Scheme::parse(part))).collect();
    faults = faults.checkpoint()?;
    if schemes.is_empty() {
        faults.push(Error::custom(message::DERIVE_EMPTY_CHAIN).with_span(&span));
    }
    check_length_of(&schemes, &mut faults);
    faults.finish_with(schemes)
}

pub(crate) fn check_length_of(schemes: &[Scheme], faults: &mut darling::error::Accumulator) {
    if let Some(ninth) = schemes.get(8) {
        faults.push(fault(&ninth.path, message::TOO_MANY_SCHEMES));
    }
}

/// Parses what a comma-separated list of syn's types is.
pub(crate) fn parse_punctuated<T: syn::parse::Parse>(tokens: TokenStream) -> syn::Result<Vec<T>> {
    Ok(Punctuated::<T, Token![,]>::parse_terminated.parse2(tokens)?.into_iter().collect())
}
