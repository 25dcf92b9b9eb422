//! MACs under shared secrets.

use std::fmt;

use auth_runtime::store::KeyAlgorithm;
use aws_lc_rs::hmac;

use crate::algorithm;

/// A MAC, as [`mac`] computes it. Compare it with [`ClaimedSignature::equals`](super::ClaimedSignature::equals), which takes
/// constant time.
#[derive(Clone, Copy)]
pub struct Mac(hmac::Tag);

impl AsRef<[u8]> for Mac {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref()
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac(..)")
    }
}

/// Computes the MAC of `message` under a shared secret.
///
/// # Panics
///
/// If the algorithm uses key pairs.
pub fn mac(algorithm: KeyAlgorithm, secret: &[u8], message: &[u8]) -> Mac {
    Mac(hmac::sign(&key(algorithm, secret), message))
}

/// Prepares the MAC state of a shared secret.
pub(crate) fn key(algorithm: KeyAlgorithm, secret: &[u8]) -> hmac::Key {
    match algorithm::hmac(algorithm) {
        Some(hash) => hmac::Key::new(hash, secret),
        None => unreachable!("{algorithm} has no shared secret"),
    }
}
