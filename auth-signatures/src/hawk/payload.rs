//! [`PayloadHash`]: the hash of a body with its media type.

use std::fmt;

use auth_runtime::AuthError;
use auth_runtime::body::BodyVerifier;
use auth_runtime::store::KeyAlgorithm;
use aws_lc_rs::digest;
use base64ct::{Base64, Encoding};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::failure;
use auth_keys::signature::ClaimedSignature;

/// Hashes a body piece by piece: for bodies that are not kept in memory as a whole.
///
/// Created by [`Client::payload_hash`](super::Client::payload_hash).
///
/// ```
/// # use auth_runtime::store::KeyAlgorithm;
/// # use auth_keys::SigningKey;
/// # use auth_signatures::hawk::{Client, SignOptions};
/// # let key = SigningKey::generate("partner", KeyAlgorithm::HmacSha256).unwrap();
/// # let client = Client::new(key).unwrap();
/// let mut hash = client.payload_hash("text/plain; charset=utf-8");
/// hash.update(b"Thank you for ");
/// hash.update(b"flying Hawk");
/// let options = SignOptions::new().with_hash(hash.finish());
/// # let _ = options;
/// ```
#[derive(Clone)]
pub struct PayloadHash(digest::Context);

impl PayloadHash {
    /// Starts the hash of a body with this `Content-Type`. Its parameters and its case do not matter.
    pub(super) fn new(algorithm: KeyAlgorithm, content_type: &[u8]) -> Self {
        let mut context = digest::Context::new(match algorithm {
            KeyAlgorithm::HmacSha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            _ => &digest::SHA256,
        });
        let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
        context.update(b"hawk.1.payload\n");
        let media_type = media_type.trim_ascii();
        if media_type.iter().any(u8::is_ascii_uppercase) {
            context.update(&media_type.to_ascii_lowercase());
        } else {
            context.update(media_type);
        }
        context.update(b"\n");
        Self(context)
    }

    /// Hashes the next bytes of the body.
    pub fn update(&mut self, chunk: &[u8]) {
        self.0.update(chunk);
    }

    /// Returns the hash, encoded for a header.
    #[must_use]
    pub fn finish(self) -> String {
        Base64::encode_string(self.digest().as_ref())
    }

    /// Returns whether the hash is the one that a header claims.
    pub(super) fn is(self, claimed: &str) -> bool {
        ClaimedSignature::Base64(claimed).equals(self.digest().as_ref())
    }

    fn digest(mut self) -> digest::Digest {
        self.0.update(b"\n");
        self.0.finish()
    }

    /// Hashes a whole body with these headers.
    pub(super) fn of(algorithm: KeyAlgorithm, headers: &HeaderMap, body: &[u8]) -> String {
        let mut hash = Self::new(algorithm, content_type(headers));
        hash.update(body);
        hash.finish()
    }
}

impl fmt::Debug for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayloadHash(..)")
    }
}

/// Returns the `Content-Type`, or nothing if it is missing.
pub(super) fn content_type(headers: &HeaderMap) -> &[u8] {
    headers.get(CONTENT_TYPE).map_or(b"", |value| value.as_bytes())
}

/// Verifies the body of a request by the hash in its header.
pub(super) struct ClaimedHash {
    pub(super) hash: PayloadHash,
    pub(super) claimed: String,
}

impl BodyVerifier for ClaimedHash {
    fn update(&mut self, chunk: &[u8]) {
        self.hash.update(chunk);
    }

    fn finish(self: Box<Self>) -> Result<(), AuthError> {
        if self.hash.is(&self.claimed) {
            Ok(())
        } else {
            Err(failure::failed("the body or its media type is not what the hash is of"))
        }
    }
}
