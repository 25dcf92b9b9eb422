//! Maps our algorithms to those of aws-lc.

use auth_runtime::store::KeyAlgorithm;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, EcdsaSigningAlgorithm, RsaEncoding, VerificationAlgorithm};

/// The algorithms that use RSA key pairs.
pub(crate) const RSA: [KeyAlgorithm; 4] =
    [KeyAlgorithm::RsaPssSha256, KeyAlgorithm::RsaPssSha512, KeyAlgorithm::RsaV15Sha256, KeyAlgorithm::RsaV15Sha512];

pub(crate) fn is_rsa(algorithm: KeyAlgorithm) -> bool {
    RSA.contains(&algorithm)
}

/// Returns how a public key of this algorithm verifies. `None` means that the algorithm uses a shared secret. RSA keys must
/// have at least 2048 bits.
pub(crate) fn verification(algorithm: KeyAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match algorithm {
        KeyAlgorithm::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_FIXED,
        KeyAlgorithm::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_FIXED,
        KeyAlgorithm::Ed25519 => &signature::ED25519,
        KeyAlgorithm::RsaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
        KeyAlgorithm::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        KeyAlgorithm::RsaV15Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        KeyAlgorithm::RsaV15Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        _ => return None,
    })
}

/// Returns how a private key of this algorithm signs. `None` means that it is not ECDSA.
pub(crate) fn ecdsa(algorithm: KeyAlgorithm) -> Option<&'static EcdsaSigningAlgorithm> {
    match algorithm {
        KeyAlgorithm::EcdsaP256Sha256 => Some(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
        KeyAlgorithm::EcdsaP384Sha384 => Some(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
        _ => None,
    }
}

/// Returns how a private key of this algorithm signs. `None` means that it is not RSA.
pub(crate) fn rsa_encoding(algorithm: KeyAlgorithm) -> Option<&'static dyn RsaEncoding> {
    Some(match algorithm {
        KeyAlgorithm::RsaPssSha256 => &signature::RSA_PSS_SHA256,
        KeyAlgorithm::RsaPssSha512 => &signature::RSA_PSS_SHA512,
        KeyAlgorithm::RsaV15Sha256 => &signature::RSA_PKCS1_SHA256,
        KeyAlgorithm::RsaV15Sha512 => &signature::RSA_PKCS1_SHA512,
        _ => return None,
    })
}

/// Returns the hash function of a MAC. `None` means that the algorithm uses key pairs.
pub(crate) fn hmac(algorithm: KeyAlgorithm) -> Option<hmac::Algorithm> {
    match algorithm {
        KeyAlgorithm::HmacSha1 => Some(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        KeyAlgorithm::HmacSha256 => Some(hmac::HMAC_SHA256),
        KeyAlgorithm::HmacSha512 => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}
