//! The keys of `#[authenticator(..)]`. darling collects the faults and suggests corrections for misspelt keys.

use darling::ast::Data;
use darling::util::Ignored;
use darling::{Error, FromDeriveInput, FromField, FromMeta, Result};
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, Ident, Lit, LitStr, Meta, Path, Type};

use super::model::CsrfCheck;
use crate::chain::{self, Scheme};
use crate::error::fault;
use crate::message;
use crate::meta::{CrateArg, TypeArg, list, value, value_span};

/// The struct with its attribute.
#[derive(FromDeriveInput)]
#[darling(attributes(authenticator))]
pub(super) struct Receiver {
    pub(super) ident: Ident,
    pub(super) generics: syn::Generics,
    pub(super) data: Data<Ignored, FieldReceiver>,
    #[darling(default)]
    pub(super) auth: Option<TypeArg>,
    #[darling(default)]
    pub(super) chain: Option<PolicyKey>,
    #[darling(default)]
    pub(super) challenge: Option<TextArg>,
    #[darling(default)]
    pub(super) challenges: Option<PolicyKey>,
    #[darling(default)]
    pub(super) cookie: Option<TextArg>,
    #[darling(default, rename = "crate")]
    pub(super) crate_path: Option<CrateArg>,
    #[darling(default)]
    pub(super) csrf: Option<CsrfArg>,
    #[darling(default)]
    pub(super) header: Option<TextArg>,
    #[darling(default)]
    pub(super) map_user: Option<PathArg>,
    #[darling(default)]
    pub(super) permit: Option<PolicyKey>,
    #[darling(default)]
    pub(super) query: Option<TextArg>,
    #[darling(default)]
    pub(super) state: Option<TypeArg>,
    #[darling(default)]
    pub(super) throttle: Option<PolicyKey>,
    #[darling(default)]
    pub(super) user: Option<TypeArg>,
    #[darling(default)]
    pub(super) verify: Option<PathArg>,
    #[darling(default)]
    pub(super) wraps: Option<WrapsArg>,
}

/// A field, which is an option of the scheme.
#[derive(FromField)]
#[darling(attributes(authenticator))]
pub(super) struct FieldReceiver {
    pub(super) ident: Option<Ident>,
    pub(super) ty: Type,
    #[darling(default)]
    pub(super) default: Option<DefaultArg>,
}

pub(super) fn read(input: &DeriveInput) -> Result<Receiver> {
    if !matches!(input.data, syn::Data::Struct(_)) {
        return Err(fault(&input.ident, message::DERIVE_NOT_STRUCT));
    }
    Receiver::from_derive_input(input)
}

/// `"X-Api-Key"`.
pub(super) struct TextArg(pub(super) LitStr);

impl FromMeta for TextArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        match value(meta) {
            Some(Expr::Lit(literal)) if let Lit::Str(text) = &literal.lit => Ok(Self(text.clone())),
            _ => Err(Error::custom(message::TEXT_VALUE).with_span(&value_span(meta))),
        }
    }
}

/// Any expression, as it was written.
pub(super) struct DefaultArg(pub(super) Expr);

impl FromMeta for DefaultArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let value = value(meta).cloned().map(Self);
        value.ok_or_else(|| Error::custom(message::DERIVE_FIELD_DEFAULT).with_span(&meta.span()))
    }
}

/// `find_partner`.
pub(super) struct PathArg(pub(super) Path);

impl FromMeta for PathArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        match value(meta) {
            Some(Expr::Path(path)) if path.qself.is_none() => Ok(Self(path.path.clone())),
            _ => Err(Error::custom(message::VERIFY_VALUE).with_span(&value_span(meta))),
        }
    }
}

/// A key of `#[policy(..)]`, which is not valid for a scheme.
pub(super) struct PolicyKey(pub(super) Span);

impl FromMeta for PolicyKey {
    fn from_meta(meta: &Meta) -> Result<Self> {
        Ok(Self(meta.path().span()))
    }
}

/// `wraps(Token(keyword = "Bearer"))`.
pub(super) struct WrapsArg {
    pub(super) scheme: Scheme,
    pub(super) key: Span,
}

impl FromMeta for WrapsArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let one = || Error::custom(message::DERIVE_ONE_WRAPPED).with_span(&meta.path().span());
        let schemes = chain::parse_list(list(meta, message::DERIVE_ONE_WRAPPED)?.clone(), meta.path().span());
        match <[Scheme; 1]>::try_from(schemes.map_err(|_| one())?) {
            Ok([scheme]) => Ok(Self { scheme, key: meta.path().span() }),
            Err(_) => Err(one()),
        }
    }
}

/// `cookie`, `browser` or `false`.
pub(super) struct CsrfArg {
    pub(super) check: CsrfCheck,
    pub(super) key: Span,
}

impl FromMeta for CsrfArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let check = match value(meta).map(|value| value.to_token_stream().to_string()).as_deref() {
            Some("cookie") => CsrfCheck::Cookie,
            Some("browser") => CsrfCheck::Browser,
            Some("false") => CsrfCheck::Off,
            _ => return Err(Error::custom(message::CSRF_VALUE).with_span(&value_span(meta))),
        };
        Ok(Self { check, key: meta.path().span() })
    }
}
