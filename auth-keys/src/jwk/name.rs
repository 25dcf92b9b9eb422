//! Names of algorithms in JOSE.

use auth_runtime::store::KeyAlgorithm;

/// Returns the name in the registry "JSON Web Signature and Encryption Algorithms" (RFC 7518 section 3.1, RFC 8037).
pub(super) fn jws_name(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::EcdsaP256Sha256 => "ES256",
        KeyAlgorithm::EcdsaP384Sha384 => "ES384",
        KeyAlgorithm::Ed25519 => "EdDSA",
        KeyAlgorithm::HmacSha256 => "HS256",
        KeyAlgorithm::HmacSha512 => "HS512",
        KeyAlgorithm::RsaPssSha512 => "PS512",
        KeyAlgorithm::RsaV15Sha256 => "RS256",
        KeyAlgorithm::RsaV15Sha512 => "RS512",
        // Registered as prohibited for JOSE, but Hawk's oldest clients have nothing else.
        _ => "HS1",
    }
}

pub(super) fn from_jws_name(name: &str) -> Option<KeyAlgorithm> {
    // RFC 9864 names the curve where RFC 8037 named the family.
    let name = if name == "Ed25519" { "EdDSA" } else { name };
    KeyAlgorithm::ALL.into_iter().find(|algorithm| jws_name(*algorithm) == name)
}
