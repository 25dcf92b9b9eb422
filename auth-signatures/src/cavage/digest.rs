//! The header `Digest` (RFC 3230), which RFC 9530 has replaced.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA512, digest};
use base64ct::{Base64, Encoding};
use http::HeaderMap;

use super::header::Fault;

/// The digests of `Digest` that count as evidence: SHA-256 and SHA-512. Others are ignored.
pub(super) fn digests(headers: &HeaderMap) -> Result<Vec<(&'static Algorithm, Vec<u8>)>, Fault> {
    let mut digests: Vec<(&'static Algorithm, Vec<u8>)> = Vec::new();
    for value in headers.get_all("digest") {
        let value = value.to_str().map_err(|_| "`Digest` is no text")?;
        for instance in value.split(',') {
            let (name, digest) = instance.trim().split_once('=').ok_or("a member of `Digest` has no value")?;
            let algorithm = match name {
                _ if name.eq_ignore_ascii_case("SHA-256") => &SHA256,
                _ if name.eq_ignore_ascii_case("SHA-512") => &SHA512,
                _ => continue,
            };
            let digest = Base64::decode_vec(digest).map_err(|_| "a digest is no base64")?;
            digests.push((algorithm, digest));
        }
    }
    if digests.is_empty() { Err("`Digest` has neither SHA-256 nor SHA-512") } else { Ok(digests) }
}

/// The value of `Digest` for this body.
pub(super) fn of(body: &[u8]) -> String {
    format!("SHA-256={}", Base64::encode_string(digest(&SHA256, body).as_ref()))
}
