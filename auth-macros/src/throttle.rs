//! `#[throttle(..)]`: throttles as the user writes them, `user = "1000/day", anon = "20/hour"`.

use darling::{Error, Result};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Lit, Path, Token};

use crate::chain::{Scheme, respanned, split, text};
use crate::error::{fault, report};
use crate::message;
use crate::permit::is_named;

/// Throttles, all of which are asked. There are none only where `none` says so.
pub(crate) struct Throttles(Vec<Throttle>);

enum Throttle {
    /// `user = "1000/day"`, `anon`, or `client`.
    Rate { key: Ident, of: &'static str, rate: Expr },
    /// `scope(name = "uploads", rate = "10/minute")`.
    Scope { key: Ident, name: Expr, rate: Expr },
    /// One of the user's own, with its fields.
    Own(Scheme),
}

impl Throttles {
    /// Reads the arguments of `#[throttle(..)]`. `span` is where to say that there are none.
    pub(crate) fn parse(tokens: TokenStream, span: Span) -> Result<Self> {
        if tokens.is_empty() {
            return Err(Error::custom(message::EMPTY_THROTTLE).with_span(&span));
        }
        let parts = split(tokens);
        if let Some(none) = parts.iter().find_map(none) {
            return if parts.len() == 1 { Ok(Self(Vec::new())) } else { Err(fault(&none, message::THROTTLE_NONE)) };
        }
        let mut faults = Error::accumulator();
        let throttles: Vec<_> = parts.into_iter().filter_map(|part| faults.handle(Throttle::parse(part))).collect();
        let mut seen: Vec<&Ident> = Vec::new();
        for throttle in &throttles {
            let Throttle::Rate { key, .. } = throttle else { continue };
            if seen.contains(&key) {
                faults.push(fault(key, message::second_option(&key.to_string())));
            }
            seen.push(key);
        }
        faults.finish_with(Self(throttles))
    }

    /// Reads the attribute.
    pub(crate) fn of_attribute(attribute: &Attribute) -> Result<Self> {
        let tokens = match &attribute.meta {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        Self::parse(tokens, attribute.path().span())
    }

    /// Whether they are `none`.
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The throttles as the user wrote them.
    pub(crate) fn text(&self) -> String {
        if self.is_none() {
            return "none".to_owned();
        }
        let texts = self.0.iter().map(|throttle| match throttle {
            Throttle::Rate { key, rate, .. } => format!("{key} = {}", text(rate)),
            Throttle::Scope { name, rate, .. } => format!("scope(name = {}, rate = {})", text(name), text(rate)),
            Throttle::Own(own) => own.text(),
        });
        texts.collect::<Vec<_>>().join(", ")
    }

    /// Whether one of them counts by the client of the caller's login.
    pub(crate) fn reads_client(&self) -> Option<Span> {
        let of_client = |throttle: &Throttle| match throttle {
            Throttle::Rate { key, of: "ClientRate", .. } => Some(key.span()),
            _ => None,
        };
        self.0.iter().find_map(of_client)
    }

    /// A name for each throttle's type, on the token that named it.
    pub(crate) fn aliases(&self, runtime: &Path) -> TokenStream {
        let aliases = self.0.iter().zip(self.leaves()).map(|(throttle, alias)| {
            let span = alias.span();
            let ty = match throttle {
                Throttle::Rate { of, .. } => {
                    let of = Ident::new(of, span);
                    respanned(quote!(#runtime::throttle::#of), span)
                }
                Throttle::Scope { .. } => respanned(quote!(#runtime::throttle::ScopedRate), span),
                Throttle::Own(Scheme { path, .. }) => quote!(#path),
            };
            quote_spanned!(span=> type #alias = #ty;)
        });
        aliases.collect()
    }

    /// The throttles by their aliases.
    pub(crate) fn leaves(&self) -> Vec<Ident> {
        let alias = |(at, throttle): (usize, &Throttle)| format_ident!("__Throttle{at}", span = throttle.span());
        self.0.iter().enumerate().map(alias).collect()
    }

    /// Asks all of them, and gives the answer to all.
    pub(crate) fn body(&self, runtime: &Path, state: &TokenStream, user: &TokenStream) -> TokenStream {
        let asked = self.0.iter().zip(self.leaves()).map(|(throttle, alias)| {
            let value = throttle.value(&alias, runtime);
            quote! {
                {
                    static __THROTTLE: #alias = #value;
                    __refusals.add(#runtime::throttle::Throttle::<#state, #user>::admit(&__THROTTLE, access).await?);
                }
            }
        });
        quote! {
            let mut __refusals = <#runtime::throttle::Refusals as ::core::default::Default>::default();
            #(#asked)*
            __refusals.finish()
        }
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

    fn span(&self) -> Span {
        match self {
            Self::Rate { key, .. } | Self::Scope { key, .. } => key.span(),
            Self::Own(own) => own.path.span(),
        }
    }

    fn value(&self, alias: &Ident, runtime: &Path) -> TokenStream {
        match self {
            Self::Rate { rate, .. } => {
                let limit = limit(rate, runtime);
                quote_spanned!(alias.span()=> #alias { limit: #limit })
            }
            Self::Scope { name, rate, .. } => {
                let scope = respanned(quote!(#runtime::__private::scope_name), name.span());
                let scope = quote_spanned!(name.span()=> #scope(#name));
                let limit = limit(rate, runtime);
                quote_spanned!(alias.span()=> #alias { scope: #scope, limit: #limit })
            }
            Self::Own(own) => {
                let fields = own.options().map(|(key, value)| quote!(#key: #value));
                quote_spanned!(alias.span()=> #alias { #(#fields),* })
            }
        }
    }
}

/// The word `none`.
fn none(part: &TokenStream) -> Option<Ident> {
    syn::parse2::<Ident>(part.clone()).ok().filter(|word| word == "none")
}

/// The limit of a rate, on the rate, where rustc says what is wrong with it.
fn limit(rate: &Expr, runtime: &Path) -> TokenStream {
    let limit = respanned(quote!(#runtime::throttle::Limit::of), rate.span());
    quote_spanned!(rate.span()=> #limit(#rate))
}

/// A rate is a text, or an expression that becomes one.
fn expect_text(value: &Expr, syntax: &str) -> Result<()> {
    match value {
        Expr::Lit(literal) if !matches!(literal.lit, Lit::Str(_)) => Err(fault(value, syntax)),
        _ => Ok(()),
    }
}

/// `#[throttle]` by itself: `#[authenticate]` takes it away where it stands in the right place, so here it does not.
pub(crate) fn expand_alone(args: TokenStream, item: TokenStream) -> TokenStream {
    let Ok(mut function) = syn::parse2::<syn::ItemFn>(item.clone()) else {
        return report(fault(&item, message::ALONE_THROTTLE), &item);
    };
    let Some(below) = function.attrs.iter().find(|attribute| is_named(attribute, "authenticate")) else {
        return report(fault(&function.sig.ident, message::ALONE_THROTTLE), &item);
    };
    let fault = fault(below.path(), message::THROTTLE_ABOVE);
    // Where it belongs, so that `#[authenticate]` has nothing to add.
    if !function.attrs.iter().any(|attribute| is_named(attribute, "throttle")) {
        function.attrs.push(syn::parse_quote!(#[throttle(#args)]));
    }
    report(fault, &function)
}
