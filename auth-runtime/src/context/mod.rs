//! What every request can use: settings, state, events, numbers.

pub(crate) mod client_rates;
pub(crate) mod default_policy;
pub mod event;
mod event_kind;
mod flush;
mod last_used;
pub(crate) mod login_cookie;
#[cfg(feature = "metrics")]
pub mod metrics;
pub(crate) mod observation;
pub(crate) mod personal_tokens;
mod refuse;
pub mod settings;
pub(crate) mod state;
