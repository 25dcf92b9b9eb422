#![doc = include_str!("../docs/crate.md")]

mod algorithm;
mod base64url;
mod der;
mod error;
mod hex;
mod jwk;
pub mod jws;
mod pem;
mod private;
mod public;
pub mod ring;
mod root;
mod rsa;
mod sealing;
mod secret;
pub mod signature;
mod signing_key;
mod store;
#[cfg(test)]
mod tests;

pub use self::error::InvalidKey;
pub use self::jwk::{InvalidKeySet, KeySet, RejectedJwk, SetKey, key_from_jwk, keys_from_jwk, thumbprint, to_jwk};
pub use self::public::{public_key_from_der, public_key_from_pem, shared_secret};
pub use self::ring::KeyRing;
pub use self::root::{DerivedKey, DerivedKeys, InvalidRootSecret, RootSecret, RootSecretError};
pub use self::sealing::{InvalidSealingKey, SealingError, SealingKey, SealingKeys};
pub use self::signing_key::SigningKey;
pub use self::store::{KeyFile, KeyFileError, MemoryKeys, Service};

#[doc = include_str!("../docs/keys.md")]
pub mod guide {}

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
