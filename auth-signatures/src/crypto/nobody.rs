//! Work for keys that are not known, so that one cannot tell by the time which are.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;

use auth_runtime::store::{Key, KeyAlgorithm};
use zeroize::Zeroizing;

use super::{Claimed, prepare, verifies};
use crate::SigningKey;

/// Does the work of [`verifies`] for a key that is not known, of a store that keeps its keys or not.
///
/// The algorithm is one whose signatures have this length; where several have, it is always the same one for the same id, as
/// it would be if the id were known.
pub(crate) fn verifies_nothing(id: &str, is_kept: bool, message: &[u8], signature: Claimed<'_>) {
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
    std::hint::black_box(verifies(key, is_kept, message, signature));
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
    let prepared = |key: Key| {
        prepare(&key);
        key
    };
    let new = |algorithm| {
        prepared(match SigningKey::generate("nobody", algorithm) {
            Ok(key) => key.verifying_key(),
            // Without randomness nothing can be signed that would be verified.
            Err(_) => Key::new("nobody", algorithm, Zeroizing::new(vec![0; 32]), None, None),
        })
    };
    // To make one would take a second.
    let rsa =
        |der: &[u8]| prepared(Key::new("nobody", KeyAlgorithm::RsaPssSha512, Zeroizing::new(der.to_vec()), None, None));
    Nobodys {
        choice: RandomState::new(),
        ecdsa_p256: new(KeyAlgorithm::EcdsaP256Sha256),
        ecdsa_p384: new(KeyAlgorithm::EcdsaP384Sha384),
        ed25519: new(KeyAlgorithm::Ed25519),
        hmac_sha256: new(KeyAlgorithm::HmacSha256),
        hmac_sha512: new(KeyAlgorithm::HmacSha512),
        rsa_2048: rsa(include_bytes!("../nobody/rsa-2048.der")),
        rsa_3072: rsa(include_bytes!("../nobody/rsa-3072.der")),
        rsa_4096: rsa(include_bytes!("../nobody/rsa-4096.der")),
    }
});

#[cfg(test)]
mod tests {
    use super::super::fits;
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
            assert!(key.prepared(|_| "not yet").is_none(), "{key:?} is prepared, as a known key that is kept");
            for is_kept in [false, true] {
                assert!(!verifies(key, is_kept, b"message", Claimed::Bytes(&vec![1; length])));
            }
        }
        for algorithm in KeyAlgorithm::ALL {
            let key = SigningKey::generate("k", algorithm).unwrap();
            assert!(fits(&key.verifying_key(), key.sign(b"message").len()), "{algorithm}");
        }
    }
}
