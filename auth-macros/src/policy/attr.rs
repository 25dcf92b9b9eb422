//! The keys of `#[policy(..)]`. darling collects the faults and suggests corrections for misspelt keys.

use darling::ast::Data;
use darling::util::Ignored;
use darling::{Error, FromDeriveInput, FromMeta, Result};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{DeriveInput, Ident, Meta};

use crate::chain::{self, Scheme};
use crate::error::fault;
use crate::message;
use crate::meta::{CrateArg, TypeArg, list, value, value_span};
use crate::permit::{self, Permissions};
use crate::throttle::{self, Throttles};

/// The struct with its attribute.
#[derive(FromDeriveInput)]
#[darling(attributes(policy))]
pub(super) struct Receiver {
    pub(super) ident: Ident,
    pub(super) generics: syn::Generics,
    pub(super) data: Data<Ignored, Ignored>,
    #[darling(default)]
    pub(super) chain: Option<ChainArg>,
    #[darling(default)]
    pub(super) challenges: Option<ChallengesArg>,
    #[darling(default, rename = "crate")]
    pub(super) crate_path: Option<CrateArg>,
    #[darling(default)]
    pub(super) permit: Option<PermitArg>,
    #[darling(default)]
    pub(super) state: Option<TypeArg>,
    #[darling(default)]
    pub(super) throttle: Option<ThrottleArg>,
}

pub(super) fn read(input: &DeriveInput) -> Result<Receiver> {
    if !matches!(input.data, syn::Data::Struct(_)) {
        return Err(fault(&input.ident, message::POLICY_NOT_STRUCT));
    }
    Receiver::from_derive_input(input)
}

/// `chain(Token, Session)`.
pub(super) struct ChainArg {
    pub(super) schemes: Vec<Scheme>,
}

impl FromMeta for ChainArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let tokens = list(meta, message::DERIVE_EMPTY_CHAIN)?.clone();
        Ok(Self { schemes: chain::parse_list(tokens, meta.path().span())? })
    }
}

/// `permit(IsStaff)`.
pub(super) struct PermitArg {
    pub(super) permissions: Permissions,
}

impl FromMeta for PermitArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let key = meta.path().span();
        Ok(Self { permissions: permit::parse(list(meta, message::EMPTY_PERMIT)?.clone(), key)? })
    }
}

/// `throttle(user = "1000/day")`.
pub(super) struct ThrottleArg {
    pub(super) throttles: Throttles,
}

impl FromMeta for ThrottleArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let key = meta.path().span();
        Ok(Self { throttles: throttle::parse(list(meta, message::EMPTY_THROTTLE)?.clone(), key)? })
    }
}

/// `all` or `first`.
pub(super) struct ChallengesArg {
    pub(super) all: bool,
}

impl FromMeta for ChallengesArg {
    fn from_meta(meta: &Meta) -> Result<Self> {
        let all = match value(meta).map(|value| value.to_token_stream().to_string()).as_deref() {
            Some("all") => true,
            Some("first") => false,
            _ => return Err(Error::custom(message::CHALLENGES_VALUE).with_span(&value_span(meta))),
        };
        Ok(Self { all })
    }
}
