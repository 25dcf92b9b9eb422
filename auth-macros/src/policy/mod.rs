//! The `Policy` of a chain, for a handler and for a named chain alike.

mod client;
mod credentials;
pub(crate) mod declaration;
mod default_rules;
mod defaults;
mod expand;
mod known_state;
mod model;
mod rules;

pub(crate) use self::default_rules::default_rules;
pub(crate) use self::known_state::KnownState;
pub(crate) use self::model::{ChainPolicy, CredentialChoice, PolicyKind, Rules};
pub(crate) use self::rules::Fallback;
