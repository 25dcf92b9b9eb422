//! The parameter `algorithm`.

use auth_runtime::store::KeyAlgorithm;

/// Returns the name of the algorithm of a key.
pub(super) fn name(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::HmacSha256 => "hmac-sha256",
        KeyAlgorithm::HmacSha512 => "hmac-sha512",
        KeyAlgorithm::RsaV15Sha256 => "rsa-sha256",
        KeyAlgorithm::RsaV15Sha512 => "rsa-sha512",
        _ => "hs2019",
    }
}

/// Returns whether a request that names `named`, or nothing, may be signed with a key of this algorithm: it can only agree with
/// the key. Two algorithms are for other protocols.
pub(super) fn agrees(named: Option<&str>, algorithm: KeyAlgorithm) -> bool {
    let agrees = |named: &str| named == "hs2019" || named == name(algorithm);
    let is_known = !matches!(algorithm, KeyAlgorithm::HmacSha1 | KeyAlgorithm::RsaPssSha256);
    is_known && named.is_none_or(agrees)
}
