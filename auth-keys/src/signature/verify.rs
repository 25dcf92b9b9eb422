//! Verifying a signature with the key's own algorithm.

use auth_runtime::store::{Key, KeyAlgorithm};

use super::claimed::ClaimedSignature;
use super::prepared::Prepared;
use crate::algorithm::is_rsa;
use crate::rsa::modulus_len;

/// Verifies that `signature` over `message` was made with `key`, by the algorithm of the key. In constant time where the key is
/// a shared secret.
///
/// `is_kept` says whether the caller or its store keeps the key, as
/// [`KeyStore::keeps_keys`](auth_runtime::store::KeyStore::keeps_keys) does: what is prepared of it is then kept with it.
pub fn verify(key: &Key, is_kept: bool, message: &[u8], signature: ClaimedSignature<'_>) -> bool {
    match if is_kept { key.prepared(Prepared::new) } else { None } {
        Some(prepared) => prepared.verifies(message, signature),
        None => Prepared::new(key).verifies(message, signature),
    }
}

/// Prepares a key that is kept, so that verifying its first message costs no more than the others.
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
        // As long as the modulus, which is nearly all of the key.
        _ => key.material().len().abs_diff(length) < 64,
    }
}
