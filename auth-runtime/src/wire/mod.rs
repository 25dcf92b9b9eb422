//! The parts of HTTP: headers, tokens, origins, addresses.

pub(crate) mod address;
pub(crate) mod authorization;
pub(crate) mod challenge;
pub(crate) mod cookie;
pub(crate) mod http_token;
pub(crate) mod method;
pub(crate) mod origin;
pub(crate) mod proxies;
pub(crate) mod public_origin;
