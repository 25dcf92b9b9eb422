//! [`SignatureError`]: why a signature is refused, or cannot be made.

use std::fmt;

use crate::digest::ContentDigestError;

/// Why the signature of a message is refused, or cannot be made.
///
/// The messages are for logs or for the developer of a client. The server never sends them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// The message has no signature, or none that was requested.
    NotSigned,
    /// A field does not have the syntax of a signature.
    Malformed(String),
    /// A component is not valid, or the message does not have it.
    Component {
        /// The component, as the signature names it.
        component: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A required component is not covered.
    NotCovered(String),
    /// A required parameter is missing.
    Lacks(&'static str),
    /// `created` is longer ago than allowed.
    TooOld,
    /// `created` is in the future.
    FromTheFuture,
    /// `expires` has passed.
    Expired,
    /// `tag` is not the required one.
    OtherTag,
    /// `alg` is not the algorithm of the key.
    OtherAlgorithm,
    /// The algorithm of the key is not accepted.
    AlgorithmNotAccepted,
    /// The key does not exist, or is not valid at this time.
    NoSuchKey,
    /// The signature was not made with the key.
    Wrong,
    /// The nonce was used before, or is not the one of the request.
    Nonce,
    /// A signature without a nonce was used before.
    Repeated,
    /// The content does not match what was signed.
    Digest(ContentDigestError),
    /// The operating system gives no randomness.
    NoRandomness,
}

impl SignatureError {
    pub(super) fn component(component: impl Into<String>, reason: &'static str) -> Self {
        Self::Component { component: component.into(), reason }
    }
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSigned => f.write_str("the message has no signature that is asked for"),
            Self::Malformed(reason) => write!(f, "malformed signature: {reason}"),
            Self::Component { component, reason } => write!(f, "component {component}: {reason}"),
            Self::NotCovered(component) => write!(f, "the signature does not cover {component}"),
            Self::Lacks(parameter) => write!(f, "the signature has no parameter `{parameter}`"),
            Self::TooOld => f.write_str("the signature was made too long ago"),
            Self::FromTheFuture => f.write_str("the signature was made in the future"),
            Self::Expired => f.write_str("the signature has expired"),
            Self::OtherTag => f.write_str("the signature has another tag"),
            Self::OtherAlgorithm => f.write_str("`alg` is not the algorithm of the key"),
            Self::AlgorithmNotAccepted => f.write_str("the algorithm of the key is not accepted"),
            Self::NoSuchKey => f.write_str("the key is not known, or not good at this time"),
            Self::Wrong => f.write_str("the signature is not of the key"),
            Self::Nonce => f.write_str("the nonce was used before, or is not that of the request"),
            Self::Repeated => f.write_str("the signature was used before, and has no nonce that tells it from another"),
            Self::Digest(error) => error.fmt(f),
            Self::NoRandomness => f.write_str("the operating system gives no randomness"),
        }
    }
}

impl std::error::Error for SignatureError {}

impl From<ContentDigestError> for SignatureError {
    fn from(error: ContentDigestError) -> Self {
        Self::Digest(error)
    }
}
