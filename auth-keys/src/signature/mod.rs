//! Verifying signatures and MACs over bytes.
//!
//! For crates that verify messages, such as `auth-signatures` for requests. The algorithm is always the one of the key.
//!
//! ```
//! use auth_keys::SigningKey;
//! use auth_keys::signature::{ClaimedSignature, verify};
//! use auth_runtime::store::KeyAlgorithm;
//!
//! let key = SigningKey::generate("billing", KeyAlgorithm::Ed25519)?;
//! let (public, signature) = (key.verifying_key(), key.sign(b"message"));
//! assert!(verify(&public, true, b"message", ClaimedSignature::Bytes(&signature)));
//! assert!(!verify(&public, true, b"another", ClaimedSignature::Bytes(&signature)));
//! # Ok::<(), auth_keys::InvalidKey>(())
//! ```

mod claimed;
mod dummy;
mod mac;
mod prepared;
mod verify;

pub use self::claimed::ClaimedSignature;
pub use self::dummy::verify_dummy;
pub use self::mac::{Mac, mac};
pub use self::verify::{has_plausible_length, prepare, verify};
