//! The grammar of `#[authenticate(..)]`: schemes and options, in any order. Only finds syntax errors.

use darling::{Error, Result};
use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Ident, Lit, Path, Token, Type};

use crate::chain::Scheme;
use crate::error::fault;
use crate::tokens::split;
use crate::{crate_path, message};

/// The content of the parentheses, as far as it could be read.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) schemes: Vec<Scheme>,
    /// The word `none`.
    pub(crate) none: Option<Path>,
    pub(crate) policy: Option<(Ident, Path)>,
    pub(crate) state: Option<Type>,
    /// Whether all challenges are sent.
    pub(crate) challenges: Option<(Ident, bool)>,
    pub(crate) crate_path: Option<Path>,
    pub(crate) faults: Vec<Error>,
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        let mut args = Self::default();
        for entry in split(tokens) {
            if let Err(fault) = args.read(entry) {
                args.faults.push(fault);
            }
        }
        args
    }

    fn read(&mut self, entry: TokenStream) -> Result<()> {
        let option = |input: ParseStream<'_>| {
            let key = input.call(syn::ext::IdentExt::parse_any)?;
            if input.peek(Token![=>]) {
                return Err(input.error(""));
            }
            input.parse::<Token![=]>()?;
            Ok((key, input.parse::<TokenStream>()?))
        };
        if let Ok((key, value)) = option.parse2(entry.clone()) {
            return self.set(key, value);
        }
        let scheme = Scheme::parse(entry)?;
        if scheme.path.is_ident("none") {
            self.none = Some(scheme.path);
        } else {
            self.schemes.push(scheme);
        }
        Ok(())
    }

    fn set(&mut self, key: Ident, value: TokenStream) -> Result<()> {
        let span = if value.is_empty() { key.span() } else { value.span() };
        let twice = match key.to_string().as_str() {
            "challenges" => {
                let all = match value.to_string().as_str() {
                    "all" => true,
                    "first" => false,
                    _ => return Err(Error::custom(message::CHALLENGES_VALUE).with_span(&span)),
                };
                self.challenges.replace((key.clone(), all)).is_some()
            }
            "crate" => self.crate_path.replace(crate_path::parse(value, &key)?).is_some(),
            "policy" => {
                let policy = syn::parse2(value).map_err(|_| Error::custom(message::POLICY_VALUE).with_span(&span))?;
                self.policy.replace((key.clone(), policy)).is_some()
            }
            "state" => {
                let state = syn::parse2(value).map_err(|_| Error::custom(message::STATE_VALUE).with_span(&span))?;
                self.state.replace(state).is_some()
            }
            "permit" => return Err(fault(&key, message::PERMIT_AMONG_SCHEMES)),
            "throttle" | "anon" | "client" => return Err(fault(&key, message::THROTTLE_AMONG_SCHEMES)),
            "user" if matches!(syn::parse2(value.clone()), Ok(Lit::Str(_))) => {
                return Err(fault(&key, message::THROTTLE_AMONG_SCHEMES));
            }
            "user" | "auth" => return Err(fault(&key, message::MARK_AMONG_SCHEMES)),
            unknown => {
                let meant = Error::unknown_field_with_alts(unknown, &message::OPTION_KEYS);
                let is_typing_error = meant.to_string().contains("Did you mean");
                let fault = if is_typing_error { meant } else { Error::custom(message::unknown_option(unknown)) };
                return Err(fault.with_span(&key));
            }
        };
        if twice { Err(fault(&key, message::second_option(&key.to_string()))) } else { Ok(()) }
    }
}
