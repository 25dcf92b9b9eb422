//! Basic values: times, secrets, limits, names, token formats.

pub(crate) mod clock;
pub(crate) mod limit;
pub(crate) mod quota;
pub(crate) mod secret;
pub(crate) mod setting;
pub(crate) mod token_format;
pub(crate) mod username;
