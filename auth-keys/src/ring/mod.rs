//! Key rings: the keys that a service itself signs with.

mod document;
mod error;
mod file;
mod key;
mod keys;
mod schedule;
mod sealed;
#[cfg(test)]
mod tests;

pub use self::error::{InvalidKeyRing, OpenKeyRingError};
pub use self::key::{KeyState, RingKey};
pub use self::keys::KeyRing;
pub use self::schedule::{Rotation, Schedule};
