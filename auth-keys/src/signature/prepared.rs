//! [`Prepared`]: a key that is ready to verify.

use auth_runtime::store::Key;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::ParsedPublicKey;

use super::claimed::ClaimedSignature;
use super::mac;
use crate::algorithm;

/// A key that has been read. For a MAC that is the state behind the secret, half of the work on a short message. A public key
/// is parsed; what its arithmetic needs is computed at the latest when it first verifies.
///
/// The state of a MAC is worth as much as the secret. aws-lc overwrites it when it is dropped, but not the copies that
/// computing a MAC leaves on the stack.
// One at a time, in a box or on the stack.
#[allow(clippy::large_enum_variant)]
pub(super) enum Prepared {
    Mac(hmac::Key),
    Public(ParsedPublicKey),
    /// The material is not a public key, so every signature is refused.
    Invalid,
}

impl Prepared {
    pub(super) fn new(key: &Key) -> Self {
        match algorithm::verification(key.algorithm()) {
            Some(algorithm) => ParsedPublicKey::new(algorithm, key.material()).map_or(Self::Invalid, Self::Public),
            None => Self::Mac(mac::key(key.algorithm(), key.material())),
        }
    }

    /// Returns whether `signature` over `message` was made with the key, in constant time for a shared secret.
    pub(super) fn verifies(&self, message: &[u8], signature: ClaimedSignature<'_>) -> bool {
        match self {
            Self::Mac(key) => signature.equals(hmac::sign(key, message).as_ref()),
            Self::Public(key) => signature.satisfies(|bytes| key.verify_sig(message, bytes).is_ok()),
            Self::Invalid => false,
        }
    }
}
