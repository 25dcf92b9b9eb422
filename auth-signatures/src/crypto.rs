//! Verifying a signature with the key's own algorithm.

mod claimed;
mod nobody;
mod prepared;

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, VerificationAlgorithm};
use zeroize::Zeroizing;

pub(crate) use self::claimed::Claimed;
pub(crate) use self::nobody::verifies_nothing;
use self::prepared::{Prepared, mac_key};
use crate::keys::{is_rsa, modulus_len};

/// Whether `signature` over `message` is of `key`, by the algorithm of the key. In constant time where that is a secret.
///
/// With a key that is kept, so is what is prepared of it.
pub(crate) fn verifies(key: &Key, is_kept: bool, message: &[u8], signature: Claimed<'_>) -> bool {
    match if is_kept { key.prepared(Prepared::new) } else { None } {
        Some(prepared) => prepared.verifies(message, signature),
        None => Prepared::new(key).verifies(message, signature),
    }
}

/// Prepares a key that is kept, so that its first message costs no more than the others.
pub(crate) fn prepare(key: &Key) {
    key.prepared(Prepared::new);
    // The arithmetic of RSA is set up when a signature as long as the modulus is verified for the first time.
    if let Some(length) = modulus_len(key.material()).filter(|_| is_rsa(key.algorithm())) {
        verifies(key, true, b"", Claimed::Bytes(&vec![0; length]));
    }
}

/// Whether a signature of this length can be of `key`.
pub(crate) fn fits(key: &Key, length: usize) -> bool {
    match key.algorithm() {
        KeyAlgorithm::HmacSha1 => length == 20,
        KeyAlgorithm::HmacSha256 => length == 32,
        KeyAlgorithm::EcdsaP384Sha384 => length == 96,
        KeyAlgorithm::EcdsaP256Sha256 | KeyAlgorithm::Ed25519 | KeyAlgorithm::HmacSha512 => length == 64,
        // As long as the modulus, which is nearly all of the key.
        _ => key.material().len().abs_diff(length) < 64,
    }
}

/// The MAC of `message` under a shared secret.
///
/// # Panics
///
/// When the algorithm has no shared secret.
pub(crate) fn mac(algorithm: KeyAlgorithm, secret: &[u8], message: &[u8]) -> hmac::Tag {
    hmac::sign(&mac_key(algorithm, secret), message)
}

/// How a public key of this algorithm verifies; `None` where the key is a shared secret. RSA keys have at least 2048 bits.
pub(crate) fn public_algorithm(algorithm: KeyAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match algorithm {
        KeyAlgorithm::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_FIXED,
        KeyAlgorithm::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_FIXED,
        KeyAlgorithm::Ed25519 => &signature::ED25519,
        KeyAlgorithm::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        KeyAlgorithm::RsaV15Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        KeyAlgorithm::RsaV15Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        _ => return None,
    })
}

/// Random bytes of the operating system for a new secret.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, aws_lc_rs::error::Unspecified> {
    let mut bytes = Zeroizing::new([0; N]);
    aws_lc_rs::rand::fill(bytes.as_mut())?;
    Ok(bytes)
}
