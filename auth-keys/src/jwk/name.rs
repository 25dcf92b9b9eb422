//! The member `alg`.

use auth_runtime::store::KeyAlgorithm;

use crate::jws;

/// Registered as prohibited for JOSE, but the oldest Hawk clients support nothing else.
const HMAC_SHA1: &str = "HS1";

/// Returns the name in the registry "JSON Web Signature and Encryption Algorithms".
pub(super) fn name(algorithm: KeyAlgorithm) -> &'static str {
    jws::name(algorithm).unwrap_or(HMAC_SHA1)
}

pub(super) fn from_name(alg: &str) -> Option<KeyAlgorithm> {
    if alg == HMAC_SHA1 { Some(KeyAlgorithm::HmacSha1) } else { jws::from_name(alg) }
}
