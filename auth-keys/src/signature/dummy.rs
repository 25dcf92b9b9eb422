//! Dummy work for unknown keys, so that the response time does not reveal which keys exist.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;

use auth_runtime::store::{Key, KeyAlgorithm};
use zeroize::Zeroizing;

use super::claimed::ClaimedSignature;
use super::verify::{prepare, verify};
use crate::signing_key::SigningKey;

/// Does the work of [`verify`](super::verify()) for a key that does not exist, so that the response time does not reveal which
/// keys exist. `is_kept` says whether the store would keep the prepared key.
///
/// Picks an algorithm whose signatures have this length. If there are several, the same id always gets the same one, as a known
/// id would.
pub fn verify_dummy(id: &str, is_kept: bool, message: &[u8], signature: ClaimedSignature<'_>) {
    let keys = &*DUMMY_KEYS;
    let any = keys.choice.hash_one(id);
    let key = match (signature.len(), any % 3) {
        (64, 0) => &keys.ecdsa_p256,
        (64, 1) => &keys.hmac_sha512,
        (64, _) => &keys.ed25519,
        (96, _) => &keys.ecdsa_p384,
        (512.., _) => &keys.rsa_4096,
        (384.., _) => &keys.rsa_3072,
        (256.., _) => &keys.rsa_2048,
        _ => &keys.hmac_sha256,
    };
    std::hint::black_box(verify(key, is_kept, message, signature));
}

/// Public keys whose private half was discarded, and random secrets.
struct DummyKeys {
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

static DUMMY_KEYS: LazyLock<DummyKeys> = LazyLock::new(|| {
    let prepared = |key: Key| {
        prepare(&key);
        key
    };
    let new = |algorithm| {
        prepared(match SigningKey::generate("dummy", algorithm) {
            Ok(key) => key.verifying_key(),
            // Without randomness, no valid signature could be made either.
            Err(_) => Key::new("dummy", algorithm, Zeroizing::new(vec![0; 32]), None, None),
        })
    };
    // Hard-coded, since generating them would take a second.
    let rsa =
        |der: &[u8]| prepared(Key::new("dummy", KeyAlgorithm::RsaPssSha512, Zeroizing::new(der.to_vec()), None, None));
    DummyKeys {
        choice: RandomState::new(),
        ecdsa_p256: new(KeyAlgorithm::EcdsaP256Sha256),
        ecdsa_p384: new(KeyAlgorithm::EcdsaP384Sha384),
        ed25519: new(KeyAlgorithm::Ed25519),
        hmac_sha256: new(KeyAlgorithm::HmacSha256),
        hmac_sha512: new(KeyAlgorithm::HmacSha512),
        rsa_2048: rsa(include_bytes!("dummy/rsa-2048.der")),
        rsa_3072: rsa(include_bytes!("dummy/rsa-3072.der")),
        rsa_4096: rsa(include_bytes!("dummy/rsa-4096.der")),
    }
});

#[cfg(test)]
mod tests {
    use super::super::verify::has_plausible_length;
    use super::*;

    #[test]
    fn every_signature_has_a_plausible_length_and_a_dummy_key() {
        let DummyKeys {
            choice: _,
            ecdsa_p256,
            ecdsa_p384,
            ed25519,
            hmac_sha256,
            hmac_sha512,
            rsa_2048,
            rsa_3072,
            rsa_4096,
        } = &*DUMMY_KEYS;
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
            let plausible =
                [20, 32, 64, 96, 256, 384, 512].into_iter().filter(|&other| has_plausible_length(key, other));
            assert_eq!(plausible.collect::<Vec<_>>(), [length], "{key:?}");
            assert!(key.prepared(|_| "not yet").is_none(), "{key:?} is prepared, as a known key that is kept");
            for is_kept in [false, true] {
                assert!(!verify(key, is_kept, b"message", ClaimedSignature::Bytes(&vec![1; length])));
            }
        }
        for algorithm in KeyAlgorithm::ALL {
            let key = SigningKey::generate("k", algorithm).unwrap();
            assert!(has_plausible_length(&key.verifying_key(), key.sign(b"message").len()), "{algorithm}");
        }
    }
}
