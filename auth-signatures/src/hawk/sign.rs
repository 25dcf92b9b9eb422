//! [`SignOptions`] and [`SignError`]: what a client adds to a request, and why signing fails.

use std::fmt;

/// What a client adds to a request that it signs. Nothing by default.
#[derive(Debug, Clone, Default)]
pub struct SignOptions {
    pub(super) hash: Option<String>,
    pub(super) ext: Option<String>,
    pub(super) app: Option<String>,
    pub(super) dlg: Option<String>,
    pub(super) timestamp: Option<u64>,
    pub(super) nonce: Option<String>,
}

impl SignOptions {
    /// Creates options that add nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the hash of the body, from [`Client::payload_hash`](super::Client::payload_hash), if the body is not available when
    /// signing.
    #[must_use]
    pub fn with_hash(mut self, hash: impl Into<String>) -> Self {
        self.hash = Some(hash.into());
        self
    }

    /// Sets the `ext` attribute of the application: visible ASCII and spaces, without `"` and `\`.
    #[must_use]
    pub fn with_ext(mut self, ext: impl Into<String>) -> Self {
        self.ext = Some(ext.into());
        self
    }

    /// Sets the id of the application that the credentials were issued to.
    #[must_use]
    pub fn with_app(mut self, app: impl Into<String>) -> Self {
        self.app = Some(app.into());
        self
    }

    /// Sets the id of the application that the credentials were issued to, and of the one that delegated them to it.
    #[must_use]
    pub fn with_delegated_app(mut self, app: impl Into<String>, dlg: impl Into<String>) -> Self {
        self.app = Some(app.into());
        self.dlg = Some(dlg.into());
        self
    }

    /// Sets the time, in seconds since the Unix epoch, instead of reading the clock.
    #[must_use]
    pub fn with_timestamp(mut self, seconds: u64) -> Self {
        self.timestamp = Some(seconds);
        self
    }

    /// Sets the nonce instead of generating a random one.
    #[must_use]
    pub fn with_nonce(mut self, nonce: impl Into<String>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }
}

/// Why a request or a URL cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// The URI is not absolute with `http` or `https`, so there is no host and port to sign.
    RelativeUri,
    /// The attribute of this name is empty or contains an invalid character.
    InvalidAttribute(&'static str),
    /// The header, or the URI with its bewit, is longer than 4096 bytes.
    TooLong,
    /// The lifetime of a bewit is less than a second.
    NoLifetime,
    /// The URI has a bewit already.
    HasBewit,
    /// The operating system gives no randomness.
    NoRandomness,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RelativeUri => f.write_str("the URI is not an absolute one with `http` or `https`"),
            Self::InvalidAttribute(name) => write!(
                f,
                "`{name}` is empty or has something other than visible ASCII characters and spaces without `\"` and `\\`"
            ),
            Self::TooLong => f.write_str("the header or the URI would be longer than 4096 bytes"),
            Self::NoLifetime => f.write_str("a bewit is good for at least one second"),
            Self::HasBewit => f.write_str("the URI has a bewit already"),
            Self::NoRandomness => f.write_str("the operating system gives no randomness"),
        }
    }
}

impl std::error::Error for SignError {}
