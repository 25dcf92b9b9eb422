//! Verifying a signature with the key's own algorithm.

use auth_runtime::store::{Key, KeyAlgorithm};

use super::claimed::ClaimedSignature;
use super::prepared::Prepared;
use crate::algorithm::is_rsa;
use crate::rsa::modulus_len;

/// Returns whether `signature` over `message` was made with `key`, with the algorithm of the key. Runs in constant time if the
/// key is a shared secret.
///
/// `is_kept` says whether the caller or its store keeps the key between calls, as
/// [`KeyStore::keeps_keys`](auth_runtime::store::KeyStore::keeps_keys) does. If so, the prepared state is stored in the key.
pub fn verify(key: &Key, is_kept: bool, message: &[u8], signature: ClaimedSignature<'_>) -> bool {
    match if is_kept { key.prepared(Prepared::new) } else { None } {
        Some(prepared) => prepared.verifies(message, signature),
        None => Prepared::new(key).verifies(message, signature),
    }
}

/// Prepares a key that is kept, so that verifying the first message is as fast as later ones.
pub fn prepare(key: &Key) {
    key.prepared(Prepared::new);
    // aws-lc sets up the arithmetic of RSA when it first verifies a signature as long as the modulus.
    if let Some(length) = modulus_len(key.material()).filter(|_| is_rsa(key.algorithm())) {
        verify(key, true, b"", ClaimedSignature::Bytes(&vec![0; length]));
    }
}

/// Returns whether a signature of `key` can have this length, in bytes.
pub fn has_plausible_length(key: &Key, length: usize) -> bool {
    match key.algorithm() {
        KeyAlgorithm::HmacSha1 => length == 20,
        KeyAlgorithm::HmacSha256 => length == 32,
        KeyAlgorithm::EcdsaP384Sha384 => length == 96,
        KeyAlgorithm::EcdsaP256Sha256 | KeyAlgorithm::Ed25519 | KeyAlgorithm::HmacSha512 => length == 64,
        // The signature is as long as the modulus, which is most of the key.
        _ => key.material().len().abs_diff(length) < 64,
    }
}
