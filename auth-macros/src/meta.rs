//! Keys and values that both derives share.

use darling::{Error, FromMeta, Result};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, Ident, Lit, LitStr, Meta, Path, Type};

use crate::attribute::arguments;
use crate::tokens::split;
use crate::{crate_path, message};

/// Returns the span of a key's value, or of the key if it has none.
pub(crate) fn value_span(meta: &Meta) -> Span {
    match meta {
        Meta::NameValue(pair) => pair.value.span(),
        other => other.span(),
    }
}

/// Returns the value of `key = value`, in any form.
pub(crate) fn value(meta: &Meta) -> Option<&Expr> {
    match meta {
        Meta::NameValue(pair) => Some(&pair.value),
        _ => None,
    }
}

/// Returns the tokens of `key(..)`.
pub(crate) fn list<'a>(meta: &'a Meta, message: &str) -> Result<&'a TokenStream> {
    match meta {
        Meta::List(list) => Ok(&list.tokens),
        other => Err(Error::custom(message).with_span(&other.span())),
    }
}

/// `Account`, or `"Vec<Account>"`.
pub(crate) struct TypeArg(pub(crate) Type);

impl FromMeta for TypeArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let ty = match value(meta) {
            Some(Expr::Lit(literal)) if let Lit::Str(text) = &literal.lit => text.parse().ok(),
            Some(expr) => syn::parse2(expr.to_token_stream()).ok(),
            None => None,
        };
        ty.map(Self).ok_or_else(|| Error::custom(message::TYPE_VALUE).with_span(&value_span(meta)))
    }
}

/// `::auth_runtime`.
pub(crate) struct CrateArg(pub(crate) Path);

impl FromMeta for CrateArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let key = meta.path().get_ident().cloned().unwrap_or_else(|| Ident::new("krate", meta.path().span()));
        crate_path::parse(value(meta).map(ToTokens::to_token_stream).unwrap_or_default(), &key).map(Self)
    }
}

/// The values of an attribute's keys, as far as they can be read, for a faulty declaration.
pub(crate) struct Keys(Vec<(Ident, TokenStream)>);

impl Keys {
    /// Reads the attributes `#[name(..)]` of a struct.
    pub(crate) fn of(input: &DeriveInput, name: &str) -> Self {
        let lists = input.attrs.iter().filter(|attribute| attribute.path().is_ident(name)).map(arguments);
        let parts = lists.flat_map(split).filter_map(|part| {
            let mut tokens = part.into_iter();
            let Some(TokenTree::Ident(key)) = tokens.next() else { return None };
            tokens.next();
            Some((key, tokens.collect()))
        });
        Self(parts.collect())
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Ident> {
        self.0.iter().map(|(key, _)| key)
    }

    /// Returns the type that a key has.
    pub(crate) fn ty(&self, wanted: &str) -> Option<Type> {
        let (_, value) = self.0.iter().find(|(key, _)| key == wanted)?;
        match syn::parse2::<LitStr>(value.clone()) {
            Ok(text) => text.parse().ok(),
            Err(_) => syn::parse2(value.clone()).ok(),
        }
    }

    /// Returns the path of the runtime.
    pub(crate) fn runtime(&self) -> Path {
        let stated = self.0.iter().find(|(key, _)| key == "crate");
        stated.and_then(|(key, value)| crate_path::parse(value.clone(), key).ok()).unwrap_or_else(crate_path::default)
    }
}
