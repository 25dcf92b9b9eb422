//! [`DerivedKeys`]: keys that were derived from a root secret.

use std::fmt;

use aws_lc_rs::{constant_time, hmac};
use zeroize::Zeroizing;

/// A key of 32 bytes that was derived from a root secret for one purpose. Cheap to clone.
#[derive(Clone)]
pub struct DerivedKey {
    bytes: Zeroizing<[u8; 32]>,
    mac: hmac::Key,
}

impl DerivedKey {
    pub(super) fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        let mac = hmac::Key::new(hmac::HMAC_SHA256, bytes.as_ref());
        Self { bytes, mac }
    }

    /// Returns the key itself, for uses other than [`mac`](Self::mac).
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Computes the HMAC-SHA-256 of `message` (RFC 2104).
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        let mut mac = [0; 32];
        mac.copy_from_slice(hmac::sign(&self.mac, message).as_ref());
        mac
    }

    /// Returns whether `mac` is the HMAC-SHA-256 of `message`, in constant time.
    pub fn verify_mac(&self, message: &[u8], mac: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.mac(message), mac).is_ok()
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKey(..)")
    }
}

/// The keys that all configured root secrets derive for one purpose. The first key makes new values, and all keys verify. To
/// replace a root secret, put the new one first.
///
/// ```
/// use auth_keys::RootSecret;
///
/// let root = RootSecret::generate()?;
/// let keys = root.code_keys();
/// let mac = keys.mac(b"recovery\0ada\0123456"); // kept instead of the code
/// assert!(keys.verify_mac(b"recovery\0ada\0123456", &mac));
/// assert!(!keys.verify_mac(b"recovery\0eve\0123456", &mac));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct DerivedKeys {
    first: DerivedKey,
    others: Vec<DerivedKey>,
}

impl DerivedKeys {
    pub(super) fn new(first: DerivedKey, others: Vec<DerivedKey>) -> Self {
        Self { first, others }
    }

    /// Returns the key that makes new values.
    pub fn first(&self) -> &DerivedKey {
        &self.first
    }

    /// Returns all keys, the one that makes new values first.
    pub fn iter(&self) -> impl Iterator<Item = &DerivedKey> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Computes the HMAC-SHA-256 of `message` with the first key.
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        self.first.mac(message)
    }

    /// Returns whether `mac` is the HMAC-SHA-256 of `message` under any of the keys, in constant time for each.
    pub fn verify_mac(&self, message: &[u8], mac: &[u8]) -> bool {
        self.iter().any(|key| key.verify_mac(message, mac))
    }
}
