//! `Content-Digest` (RFC 9530): digests of a message's content.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;

use auth_runtime::AuthError;
use aws_lc_rs::digest::{self, Algorithm, SHA256, SHA256_OUTPUT_LEN, SHA512, SHA512_OUTPUT_LEN};
use base64ct::{Base64, Encoding};
use http::{HeaderMap, HeaderName, HeaderValue};
use sfv::visitor::{DictionaryVisitor, EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, ParameterVisitor};
use sfv::{BareItemFromInput, KeyRef, Parser};

use crate::body_digest::BodyDigest;

/// The field's name.
pub(crate) const CONTENT_DIGEST: &str = "content-digest";

static FIELD: HeaderName = HeaderName::from_static(CONTENT_DIGEST);

/// The maximum length of the field.
const MAX_LENGTH: usize = 8 * 1024;

/// The digests of a content: SHA-256, SHA-512 or both. Other algorithms are ignored, as RFC 9530 requires for algorithms that
/// are unknown or broken.
///
/// ```
/// use auth_signatures::digest::ContentDigest;
///
/// let digest = ContentDigest::sha256(b"{\"hello\": \"world\"}");
/// assert_eq!(digest.to_header_value(), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
/// assert!(digest.matches(b"{\"hello\": \"world\"}") && !digest.matches(b"{}"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentDigest {
    sha256: Option<[u8; SHA256_OUTPUT_LEN]>,
    sha512: Option<[u8; SHA512_OUTPUT_LEN]>,
}

/// Why a `Content-Digest` does not confirm the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentDigestError {
    /// The field is missing.
    Missing,
    /// The field is not a dictionary of digests, or a digest does not have the length of its algorithm.
    Malformed,
    /// No digest uses a supported algorithm.
    Unsupported,
    /// A digest does not match the content.
    Mismatch,
}

impl fmt::Display for ContentDigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "there is no digest of the content",
            Self::Malformed => "the digest of the content is malformed",
            Self::Unsupported => "the content has no digest by sha-256 or sha-512",
            Self::Mismatch => "the digest is not that of the content",
        })
    }
}

impl std::error::Error for ContentDigestError {}

impl ContentDigest {
    /// Computes the SHA-256 digest of this content.
    pub fn sha256(content: &[u8]) -> Self {
        Self { sha256: array(digest::digest(&SHA256, content).as_ref()), sha512: None }
    }

    /// Computes the SHA-512 digest of this content.
    pub fn sha512(content: &[u8]) -> Self {
        Self { sha256: None, sha512: array(digest::digest(&SHA512, content).as_ref()) }
    }

    /// Reads `Content-Digest`.
    ///
    /// # Errors
    ///
    /// If the field is missing or malformed, or no algorithm is supported.
    pub fn of(headers: &HeaderMap) -> Result<Self, ContentDigestError> {
        let mut lines = headers.get_all(&FIELD).iter();
        let mut text = Cow::Borrowed(lines.next().ok_or(ContentDigestError::Missing)?.as_bytes());
        for line in lines {
            text.to_mut().extend_from_slice(b", ");
            text.to_mut().extend_from_slice(line.as_bytes());
        }
        if text.len() > MAX_LENGTH {
            return Err(ContentDigestError::Malformed);
        }
        let members = Parser::new(&*text).parse_dictionary_with_visitor(Members::default());
        let Members { sha256, sha512 } = members.map_err(|_| ContentDigestError::Malformed)?;
        match (digest_of(sha256)?, digest_of(sha512)?) {
            (None, None) => Err(ContentDigestError::Unsupported),
            (sha256, sha512) => Ok(Self { sha256, sha512 }),
        }
    }

    /// Returns whether all digests match this content.
    pub fn matches(&self, content: &[u8]) -> bool {
        self.digests().all(|(algorithm, digest)| digest::digest(algorithm, content).as_ref() == digest)
    }

    /// Returns the digests with their algorithms.
    pub(crate) fn digests(&self) -> impl Iterator<Item = (&'static Algorithm, &[u8])> {
        let sha256 = self.sha256.iter().map(|digest| (&SHA256, &digest[..]));
        sha256.chain(self.sha512.iter().map(|digest| (&SHA512, &digest[..])))
    }

    /// Returns a verifier that a body matches all digests. `mismatch` makes the error for a body that does not.
    pub(crate) fn verifier(&self, mismatch: fn() -> AuthError) -> Option<BodyDigest> {
        let mut verifier = BodyDigest::new(mismatch);
        for (algorithm, digest) in self.digests() {
            verifier.add(algorithm, digest);
        }
        (!verifier.is_empty()).then_some(verifier)
    }

    /// Returns the value of the field.
    ///
    /// # Panics
    ///
    /// Never: base64 is text.
    pub fn to_header_value(&self) -> HeaderValue {
        let mut text = String::with_capacity(64);
        for (algorithm, digest) in self.digests() {
            let separator = if text.is_empty() { "" } else { ", " };
            let name = if algorithm == &SHA256 { "sha-256" } else { "sha-512" };
            text.extend([separator, name, "=:", &Base64::encode_string(digest), ":"]);
        }
        HeaderValue::from_str(&text).expect("base64 is text")
    }
}

/// The relevant members of the field. The last of several with one name counts (RFC 9651 section 4.2.2).
#[derive(Default)]
struct Members {
    sha256: Option<Member>,
    sha512: Option<Member>,
}

type Member = Result<Vec<u8>, ContentDigestError>;

impl<'de> DictionaryVisitor<'de> for Members {
    type Out = Self;
    type Error = Infallible;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, Infallible> {
        Ok(match key.as_str() {
            "sha-256" => Some(Place(&mut self.sha256)),
            "sha-512" => Some(Place(&mut self.sha512)),
            _ => None,
        })
    }

    fn finish(self) -> Result<Self, Infallible> {
        Ok(self)
    }
}

/// Receives a member.
struct Place<'a>(&'a mut Option<Member>);

impl<'de> EntryVisitor<'de> for Place<'_> {
    type Error = Infallible;

    fn item(self) -> Result<impl ItemVisitor<'de>, Infallible> {
        Ok(self)
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, Infallible> {
        *self.0 = Some(Err(ContentDigestError::Malformed));
        Ok(Ignored)
    }
}

impl<'de> ItemVisitor<'de> for Place<'_> {
    type Out = ();
    type Error = Infallible;

    fn bare_item(self, item: BareItemFromInput<'de>) -> Result<impl ParameterVisitor<'de, Out = ()>, Infallible> {
        *self.0 = Some(match item {
            BareItemFromInput::ByteSequence(bytes) => Ok(bytes),
            _ => Err(ContentDigestError::Malformed),
        });
        Ok(Ignored)
    }
}

/// Returns the digest in a member, if the member is present.
fn digest_of<const N: usize>(member: Option<Member>) -> Result<Option<[u8; N]>, ContentDigestError> {
    let Some(bytes) = member.transpose()? else { return Ok(None) };
    array(&bytes).map(Some).ok_or(ContentDigestError::Malformed)
}

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use auth_runtime::body::BodyVerifier as _;
    use proptest::prelude::*;

    use super::*;

    const VECTORS: &str = include_str!("../tests/vectors/misc.json");

    fn of(lines: &[&str]) -> Result<ContentDigest, ContentDigestError> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(CONTENT_DIGEST, line.parse().unwrap());
        }
        ContentDigest::of(&headers)
    }

    #[test]
    fn digests_match_the_rfc_examples() {
        let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
        let vector = &vectors["content_digest_rfc9530"];
        let text = |name: &str| vector[name].as_str().unwrap();
        let body = text("body").as_bytes();
        assert_eq!(ContentDigest::sha256(body).to_header_value(), format!("sha-256=:{}:", text("sha_256")));
        assert_eq!(ContentDigest::sha512(body).to_header_value(), format!("sha-512=:{}:", text("sha_512")));
        assert_eq!(ContentDigest::sha256(b"").to_header_value(), format!("sha-256=:{}:", text("empty_sha_256")));
        let both = format!("sha-512=:{}:", text("sha_512"));
        let both = of(&[&both, &format!("sha-256=:{}:", text("sha_256"))]).unwrap();
        assert!(both.matches(body));
        assert_eq!(of(&[both.to_header_value().to_str().unwrap()]), Ok(both));
    }

    #[test]
    fn every_supported_digest_must_match_and_one_is_required() {
        let good = ContentDigest::sha256(b"body").to_header_value();
        let good = good.to_str().unwrap();
        let bad = ContentDigest::sha512(b"other").to_header_value();
        assert!(of(&[good]).unwrap().matches(b"body"));
        assert!(of(&["md5=:AAAA:, unixsum=1", good]).unwrap().matches(b"body"), "others are ignored");
        assert!(!of(&[good, bad.to_str().unwrap()]).unwrap().matches(b"body"));
        assert!(of(&["sha-256=1, sha-256=:AAAA:", good]).unwrap().matches(b"body"), "the last of several counts");
        assert_eq!(of(&[good, "sha-256=1"]), Err(ContentDigestError::Malformed));
        assert_eq!(of(&[good, "="]), Err(ContentDigestError::Malformed));
        assert_eq!(of(&[]), Err(ContentDigestError::Missing));
        assert_eq!(of(&["md5=:AAAA:"]), Err(ContentDigestError::Unsupported));
        for malformed in ["sha-256=:AAAA:", "sha-256=1", "sha-256=(:AAAA:)", "sha-256", ":AAAA:", "sha-256=\"AAAA\""] {
            assert_eq!(of(&[malformed]), Err(ContentDigestError::Malformed), "{malformed}");
        }
        let long = format!("a=\"{}\"", "a".repeat(MAX_LENGTH));
        assert_eq!(of(&[&long]), Err(ContentDigestError::Malformed));
    }

    #[test]
    fn chunked_body_has_the_digest_of_the_whole() {
        let error = || AuthError::authentication_failed("no");
        for (body, good) in [(["bo", "dy"], true), (["bo", "by"], false)] {
            let mut verifier = Box::new(ContentDigest::sha512(b"body").verifier(error).unwrap());
            for chunk in body {
                verifier.update(chunk.as_bytes());
            }
            assert_eq!(verifier.finish().is_ok(), good);
        }
    }

    proptest! {
        #[test]
        fn anything_can_be_read(line in "\\PC{0,80}|(sha-(256|512)|md5)=[:\"(]?[A-Za-z0-9+/=]{0,90}[:\")]?") {
            if let Ok(value) = HeaderValue::from_str(&line) {
                let _ = ContentDigest::of(&HeaderMap::from_iter([(FIELD.clone(), value)]));
            }
        }

        #[test]
        fn what_is_written_is_read_and_matches(body: Vec<u8>, other: Vec<u8>) {
            let digest = of(&[ContentDigest::sha256(&body).to_header_value().to_str().unwrap()]).unwrap();
            prop_assert!(digest.matches(&body));
            prop_assert_eq!(digest.matches(&other), body == other);
        }
    }
}
