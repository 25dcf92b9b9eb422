//! The parameter `algorithm`.

use auth_runtime::store::KeyAlgorithm;

/// Returns the name of a key's algorithm.
pub(super) fn name(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::HmacSha256 => "hmac-sha256",
        KeyAlgorithm::HmacSha512 => "hmac-sha512",
        KeyAlgorithm::RsaV15Sha256 => "rsa-sha256",
        KeyAlgorithm::RsaV15Sha512 => "rsa-sha512",
        _ => "hs2019",
    }
}

/// Returns whether a request whose `algorithm` parameter is `named` may be signed with a key of this algorithm. The parameter
/// can only confirm the key's algorithm. Two algorithms belong to other protocols and are never accepted.
pub(super) fn agrees(named: Option<&str>, algorithm: KeyAlgorithm) -> bool {
    let agrees = |named: &str| named == "hs2019" || named == name(algorithm);
    let is_known = !matches!(algorithm, KeyAlgorithm::HmacSha1 | KeyAlgorithm::RsaPssSha256);
    is_known && named.is_none_or(agrees)
}
