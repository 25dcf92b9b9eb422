//! The header `Digest` (RFC 3230), which RFC 9530 has replaced.

use auth_runtime::AuthError;
use aws_lc_rs::digest::{SHA256, SHA512, SHA512_OUTPUT_LEN, digest};
use base64ct::{Base64, Encoding};
use http::{HeaderMap, HeaderName};

use super::header::Fault;
use crate::body_digest::BodyDigest;

pub(super) static DIGEST: HeaderName = HeaderName::from_static("digest");

/// Returns a verifier of the digests in `Digest` that count as evidence: SHA-256 and SHA-512. Others are ignored. `mismatch`
/// makes the error for a body that does not match.
pub(super) fn verifier(headers: &HeaderMap, mismatch: fn() -> AuthError) -> Result<BodyDigest, Fault> {
    let mut verifier = BodyDigest::new(mismatch);
    for value in headers.get_all(&DIGEST) {
        let value = value.to_str().map_err(|_| "`Digest` is no text")?;
        for instance in value.split(',') {
            let (name, digest) = instance.trim().split_once('=').ok_or("a member of `Digest` has no value")?;
            let algorithm = match name {
                _ if name.eq_ignore_ascii_case("SHA-256") => &SHA256,
                _ if name.eq_ignore_ascii_case("SHA-512") => &SHA512,
                _ => continue,
            };
            let mut bytes = [0; SHA512_OUTPUT_LEN];
            let digest = Base64::decode(digest, &mut bytes).map_err(|_| "a digest is no base64, or too long")?;
            verifier.add(algorithm, digest);
        }
    }
    if verifier.is_empty() { Err("`Digest` has neither SHA-256 nor SHA-512") } else { Ok(verifier) }
}

/// Returns the value of `Digest` for this body.
pub(super) fn of(body: &[u8]) -> String {
    format!("SHA-256={}", Base64::encode_string(digest(&SHA256, body).as_ref()))
}
