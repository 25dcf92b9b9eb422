//! Values that everything else is made of: times, secrets, limits, names, forms of tokens.

pub(crate) mod clock;
pub(crate) mod limit;
pub(crate) mod quota;
pub(crate) mod secret;
pub(crate) mod setting;
pub(crate) mod token_format;
pub(crate) mod username;
