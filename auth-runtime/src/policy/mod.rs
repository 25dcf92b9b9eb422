//! What a handler demands of its caller.

pub(crate) mod allow_anonymous;
pub(crate) mod answer;
#[allow(missing_docs)]
pub(crate) mod assertions;
pub(crate) mod contract;
pub(crate) mod declaration;
pub(crate) mod default_rules;
#[allow(unnameable_types)] // what only the bounds of states name
pub(crate) mod defaults;
pub(crate) mod extract;
pub(crate) mod guard;
#[allow(missing_docs, clippy::exhaustive_structs)]
pub(crate) mod handler;
pub mod permission;
#[allow(missing_docs)]
pub(crate) mod steps;
pub mod throttle;
#[allow(missing_docs)]
pub(crate) mod witness;
