//! A JWK: what is read is written and read again as the same key.

#![no_main]

use auth_keys::{SigningKey, key_from_jwk, keys_from_jwk, to_jwk};
use auth_runtime::store::KeyAlgorithm;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(key) = key_from_jwk(text, None) {
        if !key.algorithm().is_symmetric() {
            let written = to_jwk(&key).expect("a parsed key can be written");
            let again = key_from_jwk(&written, None).expect("what was written is read");
            assert_eq!((again.id(), again.algorithm()), (key.id(), key.algorithm()));
            assert_eq!(again.material(), key.material());
        }
    }
    if let Ok(keys) = keys_from_jwk(text, &[KeyAlgorithm::RsaV15Sha256, KeyAlgorithm::RsaPssSha256]) {
        assert!(matches!(keys.len(), 1..=2));
    }
    if let Ok(key) = SigningKey::from_jwk(text, None) {
        let again = SigningKey::from_jwk(&key.to_private_jwk(), None).expect("what was written is read");
        assert_eq!(again.verifying_key().material(), key.verifying_key().material());
    }
});
