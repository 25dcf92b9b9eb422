//! Verifying a signature with the key's own algorithm.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use aws_lc_rs::{constant_time, hmac};
use zeroize::Zeroizing;

use crate::SigningKey;

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

/// Does the work of [`verifies`] for a key that is not known, so that one cannot tell by the time which ids are.
///
/// The algorithm is one whose signatures have this length; where several have, it is always the same one for the same id, as
/// it would be if the id were known.
pub(crate) fn verifies_nothing(id: &str, message: &[u8], signature: &[u8]) {
    let nobodys = &*NOBODYS;
    let any = nobodys.choice.hash_one(id);
    let key = match (signature.len(), any % 3) {
        (64, 0) => &nobodys.ecdsa_p256,
        (64, 1) => &nobodys.hmac_sha512,
        (64, _) => &nobodys.ed25519,
        (96, _) => &nobodys.ecdsa_p384,
        (512.., _) => &nobodys.rsa_4096,
        (384.., _) => &nobodys.rsa_3072,
        (256.., _) => &nobodys.rsa_2048,
        _ => &nobodys.hmac_sha256,
    };
    std::hint::black_box(verifies(key, message, signature));
}

/// Public keys whose private half nobody has, and secrets.
struct Nobodys {
    choice: RandomState,
    ecdsa_p256: Key,
    ecdsa_p384: Key,
    ed25519: Key,
    hmac_sha256: Key,
    hmac_sha512: Key,
    rsa_2048: Key,
    rsa_3072: Key,
    rsa_4096: Key,
}

static NOBODYS: LazyLock<Nobodys> = LazyLock::new(|| {
    let new = |algorithm| match SigningKey::generate("nobody", algorithm) {
        Ok(key) => key.verifying_key(),
        // Without randomness nothing can be signed that would be verified.
        Err(_) => Key::new("nobody", algorithm, Zeroizing::new(vec![0; 32]), None, None),
    };
    // To make one would take a second.
    let rsa = |der: &[u8]| Key::new("nobody", KeyAlgorithm::RsaPssSha512, Zeroizing::new(der.to_vec()), None, None);
    Nobodys {
        choice: RandomState::new(),
        ecdsa_p256: new(KeyAlgorithm::EcdsaP256Sha256),
        ecdsa_p384: new(KeyAlgorithm::EcdsaP384Sha384),
        ed25519: new(KeyAlgorithm::Ed25519),
        hmac_sha256: new(KeyAlgorithm::HmacSha256),
        hmac_sha512: new(KeyAlgorithm::HmacSha512),
        rsa_2048: rsa(include_bytes!("nobody/rsa-2048.der")),
        rsa_3072: rsa(include_bytes!("nobody/rsa-3072.der")),
        rsa_4096: rsa(include_bytes!("nobody/rsa-4096.der")),
    }
});

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signature_fits_its_key_and_a_nobodys_key_of_its_length() {
        let nobodys = &*NOBODYS;
        let Nobodys {
            choice: _,
            ecdsa_p256,
            ecdsa_p384,
            ed25519,
            hmac_sha256,
            hmac_sha512,
            rsa_2048,
            rsa_3072,
            rsa_4096,
        } = nobodys;
        for (key, length) in [
            (ecdsa_p256, 64),
            (ecdsa_p384, 96),
            (ed25519, 64),
            (hmac_sha256, 32),
            (hmac_sha512, 64),
            (rsa_2048, 256),
            (rsa_3072, 384),
            (rsa_4096, 512),
        ] {
            let fitting = [20, 32, 64, 96, 256, 384, 512].into_iter().filter(|&other| fits(key, other));
            assert_eq!(fitting.collect::<Vec<_>>(), [length], "{key:?}");
            assert!(!verifies(key, b"message", &vec![1; length]));
        }
        for algorithm in KeyAlgorithm::ALL {
            let key = SigningKey::generate("k", algorithm).unwrap();
            assert!(fits(&key.verifying_key(), key.sign(b"message").len()), "{algorithm}");
        }
    }
}
