//! PEM and DER of public and private keys.

#![no_main]

use auth_keys::{SigningKey, key_from_jwk, public_key_from_der, public_key_from_pem, to_jwk};
use auth_runtime::store::KeyAlgorithm;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for algorithm in KeyAlgorithm::ALL {
        for key in [public_key_from_pem("k", algorithm, bytes), public_key_from_der("k", algorithm, bytes)] {
            let Ok(key) = key else { continue };
            let again = key_from_jwk(&to_jwk(&key).expect("a parsed key can be written"), None);
            assert_eq!(again.expect("what was written is read").material(), key.material());
        }
        for key in [SigningKey::from_pem("k", algorithm, bytes), SigningKey::from_der("k", algorithm, bytes)] {
            let _ = key.map(|key| key.verifying_key());
        }
    }
});
