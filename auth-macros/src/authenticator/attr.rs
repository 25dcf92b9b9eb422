//! What `#[authenticator(..)]` may say. darling collects the faults and knows what a misspelt key was meant to be.

use darling::ast::Data;
use darling::util::Ignored;
use darling::{Error, FromDeriveInput, FromField, FromMeta, Result};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, Ident, Lit, LitStr, Meta, Path, Type};

use super::model::CsrfCheck;
use crate::chain::{self, Scheme};
use crate::error::fault;
use crate::permit::{self, Permissions};
use crate::throttle::{self, Throttles};
use crate::{crate_path, message};

/// The struct with all that its attribute says.
#[derive(FromDeriveInput)]
#[darling(attributes(authenticator))]
pub(super) struct Receiver {
    pub(super) ident: Ident,
    pub(super) generics: syn::Generics,
    pub(super) data: Data<Ignored, FieldReceiver>,
    #[darling(default)]
    pub(super) auth: Option<TypeArg>,
    #[darling(default)]
    pub(super) chain: Option<ChainArg>,
    #[darling(default)]
    pub(super) challenge: Option<TextArg>,
    #[darling(default)]
    pub(super) challenges: Option<ChallengesArg>,
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
    pub(super) permit: Option<PermitArg>,
    #[darling(default)]
    pub(super) query: Option<TextArg>,
    #[darling(default)]
    pub(super) state: Option<TypeArg>,
    #[darling(default)]
    pub(super) throttle: Option<ThrottleArg>,
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

fn value_span(meta: &Meta) -> Span {
    match meta {
        Meta::NameValue(pair) => pair.value.span(),
        other => other.span(),
    }
}

/// The value of `key = value`, however it is written.
fn value(meta: &Meta) -> Option<&Expr> {
    match meta {
        Meta::NameValue(pair) => Some(&pair.value),
        _ => None,
    }
}

/// The tokens of `key(..)`.
fn list<'a>(meta: &'a Meta, message: &str) -> Result<&'a TokenStream> {
    match meta {
        Meta::List(list) => Ok(&list.tokens),
        other => Err(Error::custom(message).with_span(&other.span())),
    }
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

/// Any expression, as it is written.
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

/// `Account`, or `"Vec<Account>"`.
pub(super) struct TypeArg(pub(super) Type);

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

/// `chain(Token, Session)`.
pub(super) struct ChainArg {
    pub(super) schemes: Vec<Scheme>,
    pub(super) key: Span,
}

impl FromMeta for ChainArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let tokens = list(meta, message::DERIVE_EMPTY_CHAIN)?.clone();
        Ok(Self { schemes: chain::parse_list(tokens, meta.path().span())?, key: meta.path().span() })
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

/// `permit(IsStaff)`.
pub(super) struct PermitArg {
    pub(super) permissions: Permissions,
    pub(super) key: Span,
}

impl FromMeta for PermitArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let key = meta.path().span();
        Ok(Self { permissions: permit::parse(list(meta, message::EMPTY_PERMIT)?.clone(), key)?, key })
    }
}

/// `throttle(user = "1000/day")`.
pub(super) struct ThrottleArg {
    pub(super) throttles: Throttles,
    pub(super) key: Span,
}

impl FromMeta for ThrottleArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let key = meta.path().span();
        Ok(Self { throttles: throttle::parse(list(meta, message::EMPTY_THROTTLE)?.clone(), key)?, key })
    }
}

/// `all` or `first`.
pub(super) struct ChallengesArg {
    pub(super) all: bool,
    pub(super) key: Span,
}

impl FromMeta for ChallengesArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let all = match value(meta).map(|value| value.to_token_stream().to_string()).as_deref() {
            Some("all") => true,
            Some("first") => false,
            _ => return Err(Error::custom(message::CHALLENGES_VALUE).with_span(&value_span(meta))),
        };
        Ok(Self { all, key: meta.path().span() })
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

/// `::auth_runtime`.
pub(super) struct CrateArg(pub(super) Path);

impl FromMeta for CrateArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let key = meta.path().get_ident().cloned().unwrap_or_else(|| Ident::new("krate", meta.path().span()));
        crate_path::parse(value(meta).map(ToTokens::to_token_stream).unwrap_or_default(), &key).map(Self)
    }
}
