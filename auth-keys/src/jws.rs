//! The requirements of JSON Web Signatures on keys (RFC 7515, RFC 7518).
//!
//! ```
//! use auth_keys::{SigningKey, jws};
//! use auth_runtime::store::KeyAlgorithm;
//!
//! assert_eq!(jws::name(KeyAlgorithm::RsaPssSha256), Some("PS256"));
//! assert_eq!(jws::from_name("none"), None);
//!
//! let short = SigningKey::shared("k", KeyAlgorithm::HmacSha256, b"only 22 bytes, not 32!")?;
//! assert!(jws::check_key(&short.verifying_key()).is_err());
//! # Ok::<(), auth_keys::InvalidKey>(())
//! ```

use auth_runtime::store::{Key, KeyAlgorithm};

use crate::algorithm;
use crate::error::InvalidKey;

/// Returns the value of the header `alg` for this algorithm (RFC 7518 section 3.1, RFC 8037 section 3.1). `None` for HMAC with
/// SHA-1, which JSON Web Signatures prohibit.
pub fn name(algorithm: KeyAlgorithm) -> Option<&'static str> {
    Some(match algorithm {
        KeyAlgorithm::EcdsaP256Sha256 => "ES256",
        KeyAlgorithm::EcdsaP384Sha384 => "ES384",
        KeyAlgorithm::Ed25519 => "EdDSA",
        KeyAlgorithm::HmacSha256 => "HS256",
        KeyAlgorithm::HmacSha512 => "HS512",
        KeyAlgorithm::RsaPssSha256 => "PS256",
        KeyAlgorithm::RsaPssSha512 => "PS512",
        KeyAlgorithm::RsaV15Sha256 => "RS256",
        KeyAlgorithm::RsaV15Sha512 => "RS512",
        _ => return None,
    })
}

/// Returns the algorithm with exactly this name. `Ed25519` is the name in RFC 9864 for `EdDSA` with that curve.
pub fn from_name(alg: &str) -> Option<KeyAlgorithm> {
    let alg = if alg == "Ed25519" { "EdDSA" } else { alg };
    KeyAlgorithm::ALL.into_iter().find(|algorithm| name(*algorithm) == Some(alg))
}

/// Checks that a key is strong enough for JSON Web Signatures. A shared secret must be at least as long as the hash, 32 bytes
/// for HS256 and 64 for HS512 (RFC 7518 section 3.2), since anyone with a token can guess secrets offline.
///
/// # Errors
///
/// If the secret is shorter, or the algorithm is not one of JSON Web Signatures.
pub fn check_key(key: &Key) -> Result<(), InvalidKey> {
    let Some(name) = name(key.algorithm()) else {
        return Err(InvalidKey::new(format!("JSON Web Signatures have no {}; use HS256", key.algorithm())));
    };
    let Some(hash) = algorithm::hmac(key.algorithm()) else { return Ok(()) };
    let (shortest, length) = (hash.digest_algorithm().output_len(), key.material().len());
    if length >= shortest {
        return Ok(());
    }
    Err(InvalidKey::new(format!("a secret for {name} has at least {shortest} random bytes, and this one {length}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing_key::SigningKey;

    #[test]
    fn every_name_has_one_algorithm() {
        for algorithm in KeyAlgorithm::ALL {
            match name(algorithm) {
                Some(alg) => assert_eq!(from_name(alg), Some(algorithm)),
                None => assert_eq!(algorithm, KeyAlgorithm::HmacSha1),
            }
        }
        assert_eq!(from_name("Ed25519"), Some(KeyAlgorithm::Ed25519));
        for unknown in ["", "none", "None", "hs256", "HS1", "HS384", "PS384", "ES512", "EdDSA ", "RSA-OAEP"] {
            assert_eq!(from_name(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn secrets_shorter_than_the_hash_are_refused() {
        for (algorithm, name, shortest) in
            [(KeyAlgorithm::HmacSha256, "HS256", 32), (KeyAlgorithm::HmacSha512, "HS512", 64)]
        {
            let key = |length| SigningKey::shared("k", algorithm, &vec![7; length]).unwrap().verifying_key();
            for length in [16, shortest - 1] {
                let reason = check_key(&key(length)).unwrap_err().to_string();
                let expected =
                    format!("a secret for {name} has at least {shortest} random bytes, and this one {length}");
                assert_eq!(reason, expected);
            }
            assert!(check_key(&key(shortest)).is_ok() && check_key(&key(shortest + 1)).is_ok());
        }
        for algorithm in KeyAlgorithm::ALL {
            let key = SigningKey::generate("k", algorithm).unwrap().verifying_key();
            assert_eq!(check_key(&key).is_ok(), algorithm != KeyAlgorithm::HmacSha1, "{algorithm}");
        }
    }
}
