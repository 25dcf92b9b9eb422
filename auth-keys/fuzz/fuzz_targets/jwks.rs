//! A JWK Set: public ones of somebody else, and key rings.

#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use auth_keys::{KeyRing, KeySet};
use auth_runtime::store::KeyAlgorithm;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(set) = KeySet::from_jwks(text, &[KeyAlgorithm::RsaV15Sha256, KeyAlgorithm::RsaPssSha256]) {
        for key in set.iter() {
            let (id, algorithm) = (key.key().id(), key.key().algorithm());
            assert!(!algorithm.is_symmetric(), "a public set has no secrets");
            assert_eq!(set.find(id, algorithm).map(|found| found.key().material()), Some(key.key().material()));
        }
    }
    if let Ok(ring) = KeyRing::from_private_jwks(text) {
        let written = ring.to_private_jwks();
        let again = KeyRing::from_private_jwks(&written).expect("what was written is read");
        assert_eq!(*again.to_private_jwks(), *written);
        let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let public = ring.to_public_jwks(now);
        for member in ["\"d\":", "\"k\":", "\"p\":", "\"q\":"] {
            assert!(!public.contains(member), "{member} is private");
        }
        for algorithm in KeyAlgorithm::ALL {
            let _ = ring.active(algorithm, now);
        }
    }
});
