#![doc = include_str!("../../docs/keys.md")]

mod der;
mod file;
mod jwk;
mod memory;
mod pem;
mod private;
mod public;
mod replays;
mod service;
#[cfg(test)]
mod tests;

pub use self::file::{KeyFile, KeyFileError};
pub use self::jwk::{key_from_jwk, thumbprint, to_jwk};
pub use self::memory::MemoryKeys;
pub(crate) use self::private::rsa_pair;
pub(crate) use self::public::{is_rsa, modulus_len};
pub use self::public::{public_key_from_der, public_key_from_pem, shared_secret};
pub use self::service::Service;
