//! Sealed key rings.

use super::error::{InvalidKeyRing, OpenKeyRingError};
use super::keys::KeyRing;
use crate::sealing::{SealingError, SealingKeys};

/// The label that a sealed ring is bound to, besides its name.
const LABEL: &str = "key ring";

impl KeyRing {
    /// Seals the whole ring for a database. The result is bound to `name`, and does not open under another name.
    ///
    /// ```
    /// use auth_keys::{KeyRing, RootSecret, SigningKey, ring::Schedule};
    /// use auth_runtime::store::KeyAlgorithm::Ed25519;
    /// use std::time::SystemTime;
    ///
    /// let sealing = RootSecret::generate()?.sealing_keys();
    /// let mut ring = KeyRing::new();
    /// let now = SystemTime::now();
    /// ring.add(SigningKey::generate_named(Ed25519)?, Schedule::new(now, now))?;
    /// let sealed = ring.seal(&sealing, "tokens")?;
    /// let opened = KeyRing::open(&sealing, "tokens", &sealed)?;
    /// assert_eq!(opened.to_public_jwks(now), ring.to_public_jwks(now));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails as [`SealingKeys::seal`] does.
    pub fn seal(&self, keys: &SealingKeys, name: &str) -> Result<Vec<u8>, SealingError> {
        keys.seal(LABEL, name, self.to_private_jwks().as_bytes())
    }

    /// Opens a ring that [`seal`](Self::seal) sealed for the same name.
    ///
    /// # Errors
    ///
    /// If no key opens it, or what it contains is not a ring.
    pub fn open(keys: &SealingKeys, name: &str, sealed: &[u8]) -> Result<Self, OpenKeyRingError> {
        let text = keys.open(LABEL, name, sealed).map_err(OpenKeyRingError::Sealing)?;
        let text = str::from_utf8(&text)
            .map_err(|_| OpenKeyRingError::Invalid(InvalidKeyRing("it is not text".to_owned())))?;
        Self::from_private_jwks(text).map_err(OpenKeyRingError::Invalid)
    }
}
