//! [`Prepared`]: a key in the form in which it verifies.

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::ParsedPublicKey;

use super::{Claimed, public_algorithm};

/// A key that has been read. For a MAC that is the state behind the secret, half of the work on a short message; a public key
/// is parsed, and what its arithmetic needs is computed, at the latest when it verifies for the first time.
///
/// The state of a MAC is worth as much as the secret. aws-lc overwrites it where it lies when it is dropped. Copies that were
/// left on the stack when it was made are not overwritten, as those are not that every MAC leaves there.
// It lies alone, in a box or on the stack.
#[allow(clippy::large_enum_variant)]
pub(super) enum Prepared {
    Mac(hmac::Key),
    Public(ParsedPublicKey),
    /// A public key that is none: nothing is its signature.
    NoKey,
}

impl Prepared {
    pub(super) fn new(key: &Key) -> Self {
        match public_algorithm(key.algorithm()) {
            Some(algorithm) => ParsedPublicKey::new(algorithm, key.material()).map_or(Self::NoKey, Self::Public),
            None => Self::Mac(mac_key(key.algorithm(), key.material())),
        }
    }

    /// Whether `signature` over `message` is of the key. In constant time where that is a secret.
    pub(super) fn verifies(&self, message: &[u8], signature: Claimed<'_>) -> bool {
        match self {
            Self::Mac(key) => signature.is(hmac::sign(key, message).as_ref()),
            Self::Public(key) => signature.is_judged(|bytes| key.verify_sig(message, bytes).is_ok()),
            Self::NoKey => false,
        }
    }
}

/// A shared secret, as the state of its MAC.
///
/// # Panics
///
/// When the algorithm has no shared secret.
pub(super) fn mac_key(algorithm: KeyAlgorithm, secret: &[u8]) -> hmac::Key {
    let algorithm = match algorithm {
        KeyAlgorithm::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        KeyAlgorithm::HmacSha256 => hmac::HMAC_SHA256,
        KeyAlgorithm::HmacSha512 => hmac::HMAC_SHA512,
        other => unreachable!("{other} has no shared secret"),
    };
    hmac::Key::new(algorithm, secret)
}
