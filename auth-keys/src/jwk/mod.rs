//! Keys as JSON: JWK (RFC 7517).

mod members;
mod name;
mod private;
mod public;

pub(crate) use self::members::{Members, fault_of};
pub use self::public::{key_from_jwk, thumbprint, to_jwk};
