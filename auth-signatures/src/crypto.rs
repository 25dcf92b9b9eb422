//! Verifying a signature with the key's own algorithm.

use std::sync::LazyLock;

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use aws_lc_rs::{constant_time, hmac};
use zeroize::Zeroizing;

/// Whether `signature` over `message` is of `key`, by the algorithm of the key. In constant time where that is a secret.
pub(crate) fn verifies(key: &Key, message: &[u8], signature: &[u8]) -> bool {
    match public_algorithm(key.algorithm()) {
        Some(algorithm) => UnparsedPublicKey::new(algorithm, key.material()).verify(message, signature).is_ok(),
        None => {
            let expected = mac(key.algorithm(), key.material(), message);
            constant_time::verify_slices_are_equal(expected.as_ref(), signature).is_ok()
        }
    }
}

/// Does the work of [`verifies`] for a key that is not known, so that one cannot tell by the time which ids are.
///
/// The algorithm is the one whose signatures have this length.
pub(crate) fn verifies_nothing(message: &[u8], signature: &[u8]) {
    static NOBODYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
        let keys = KeyAlgorithm::ALL.into_iter().filter_map(|algorithm| {
            let key = crate::SigningKey::generate("nobody", algorithm).ok()?;
            Some(key.verifying_key())
        });
        keys.collect()
    });
    let wanted = match signature.len() {
        64 => KeyAlgorithm::Ed25519,
        96 => KeyAlgorithm::EcdsaP384Sha384,
        length if length >= 256 => KeyAlgorithm::RsaPssSha512,
        _ => KeyAlgorithm::HmacSha256,
    };
    if let Some(key) = NOBODYS.iter().find(|key| key.algorithm() == wanted) {
        std::hint::black_box(verifies(key, message, signature));
    }
}

/// The MAC of `message` under a shared secret.
///
/// # Panics
///
/// When the algorithm has no shared secret.
pub(crate) fn mac(algorithm: KeyAlgorithm, secret: &[u8], message: &[u8]) -> hmac::Tag {
    let algorithm = match algorithm {
        KeyAlgorithm::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        KeyAlgorithm::HmacSha256 => hmac::HMAC_SHA256,
        KeyAlgorithm::HmacSha512 => hmac::HMAC_SHA512,
        other => unreachable!("{other} has no shared secret"),
    };
    hmac::sign(&hmac::Key::new(algorithm, secret), message)
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
