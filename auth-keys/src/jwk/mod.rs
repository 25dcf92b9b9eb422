//! Keys as JSON: JWK (RFC 7517).

mod members;
mod name;
mod private;
mod public;
mod set;

pub(crate) use self::members::{Members, fault_of, read_object};
pub use self::public::{key_from_jwk, keys_from_jwk, thumbprint, to_jwk};
pub use self::set::{InvalidKeySet, KeySet, RejectedJwk, SetKey};
