//! [`KeyStore`]: the keys with which callers sign.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use zeroize::Zeroizing;

use super::backend::{Backend, StoreResult};

/// What a key is for. The algorithm belongs to the key: a request cannot choose another one.
///
/// The names are those of the HTTP signature algorithms registry (RFC 9421 section 6.2), where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// `ecdsa-p256-sha256`: ECDSA over P-256 with SHA-256 (FIPS 186-5).
    EcdsaP256Sha256,
    /// `ecdsa-p384-sha384`: ECDSA over P-384 with SHA-384.
    EcdsaP384Sha384,
    /// `ed25519` (RFC 8032).
    Ed25519,
    /// `hmac-sha1`: HMAC with SHA-1 (RFC 2104), only for Hawk's oldest clients.
    HmacSha1,
    /// `hmac-sha256`: HMAC with SHA-256.
    HmacSha256,
    /// `hmac-sha512`: HMAC with SHA-512, only for `draft-cavage`.
    HmacSha512,
    /// `rsa-pss-sha256`: RSASSA-PSS with SHA-256 and a salt of 32 bytes, for JSON Web Tokens (PS256, RFC 7518 section 3.5). Not a
    /// registered HTTP signature algorithm.
    RsaPssSha256,
    /// `rsa-pss-sha512`: RSASSA-PSS with SHA-512 and a salt of 64 bytes (RFC 8017 section 8.1).
    RsaPssSha512,
    /// `rsa-v1_5-sha256`: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2).
    RsaV15Sha256,
    /// `rsa-v1_5-sha512`: RSASSA-PKCS1-v1_5 with SHA-512, only for `draft-cavage`.
    RsaV15Sha512,
}

impl KeyAlgorithm {
    /// All algorithms.
    pub const ALL: [Self; 10] = [
        Self::EcdsaP256Sha256,
        Self::EcdsaP384Sha384,
        Self::Ed25519,
        Self::HmacSha1,
        Self::HmacSha256,
        Self::HmacSha512,
        Self::RsaPssSha256,
        Self::RsaPssSha512,
        Self::RsaV15Sha256,
        Self::RsaV15Sha512,
    ];

    /// Returns the name, as a store keeps it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::EcdsaP384Sha384 => "ecdsa-p384-sha384",
            Self::Ed25519 => "ed25519",
            Self::HmacSha1 => "hmac-sha1",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha512 => "hmac-sha512",
            Self::RsaPssSha256 => "rsa-pss-sha256",
            Self::RsaPssSha512 => "rsa-pss-sha512",
            Self::RsaV15Sha256 => "rsa-v1_5-sha256",
            Self::RsaV15Sha512 => "rsa-v1_5-sha512",
        }
    }

    /// Finds the algorithm with exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Returns whether both sides share the secret, so that the store must keep it.
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::HmacSha1 | Self::HmacSha256 | Self::HmacSha512)
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A key with which a caller signs: a shared secret, or a public key. Clones share it.
#[derive(Clone)]
pub struct Key(Arc<Inner>);

struct Inner {
    id: String,
    algorithm: KeyAlgorithm,
    material: Zeroizing<Vec<u8>>,
    not_before: Option<Duration>,
    expires: Option<Duration>,
    prepared: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Key {
    /// Creates a key that is valid from `not_before` until `expires`, both since the Unix epoch. `None` means unlimited.
    ///
    /// `material` is the secret itself if the algorithm [is symmetric](KeyAlgorithm::is_symmetric), or else the public key as
    /// `SubjectPublicKeyInfo` in DER (RFC 5280 section 4.1.2.7). It is not checked here.
    pub fn new(
        id: impl Into<String>,
        algorithm: KeyAlgorithm,
        material: Zeroizing<Vec<u8>>,
        not_before: Option<Duration>,
        expires: Option<Duration>,
    ) -> Self {
        Self(Arc::new(Inner { id: id.into(), algorithm, material, not_before, expires, prepared: OnceLock::new() }))
    }

    /// Returns the id that requests name it by.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns its algorithm.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.0.algorithm
    }

    /// Returns the secret, or the public key in DER.
    pub fn material(&self) -> &[u8] {
        &self.0.material
    }

    /// Returns when it becomes valid, since the Unix epoch. `None` means that it always was.
    pub fn not_before(&self) -> Option<Duration> {
        self.0.not_before
    }

    /// Returns when it expires, since the Unix epoch. `None` means never.
    pub fn expires(&self) -> Option<Duration> {
        self.0.expires
    }

    /// Returns whether it is valid at this time.
    pub fn is_good(&self, now: Duration) -> bool {
        self.0.not_before.is_none_or(|from| from <= now) && self.0.expires.is_none_or(|until| now < until)
    }

    /// Returns what `prepare` makes of the key, such as a parsed public key. It is made once and kept with the key and its
    /// clones. `None` means that a value of another type is already kept.
    ///
    /// The value lives as long as the key and is dropped with it: secrets in it must then be overwritten. Only a verifier's
    /// crate calls this. It must always use the same type, and must not call it from within `prepare`.
    pub fn prepared<T: Any + Send + Sync>(&self, prepare: impl FnOnce(&Self) -> T) -> Option<&T> {
        self.0.prepared.get_or_init(|| Box::new(prepare(self))).downcast_ref()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.0.id).field("algorithm", &self.0.algorithm).finish_non_exhaustive()
    }
}

/// A key and the account that signs with it.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs)]
pub struct KeyRecord<U> {
    /// The key.
    pub key: Key,
    /// The account.
    pub user: U,
}

/// The keys of callers that sign their requests: for the schemes of `auth-signatures`.
///
/// An account may have several keys, so that keys can be rotated without a pause: add the new key, let the caller switch to it,
/// remove the old one.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` keeps no keys of callers that sign",
    note = "implement `auth_runtime::store::KeyStore` for it: one method, which may ask an `auth_keys::MemoryKeys` or \
            `KeyFile` that the backend has as a field"
)]
pub trait KeyStore: Backend {
    /// Finds the key with exactly this id, expired or not. `id` comes from the request and can have any length.
    fn find_key(&self, id: &str) -> impl Future<Output = StoreResult<Option<KeyRecord<Self::User>>>> + Send;

    /// Returns whether [`find_key`](Self::find_key) returns a clone of the same [`Key`] every time, so that what a verifier
    /// [prepared](Key::prepared) from it is still there the next time. `false` by default.
    ///
    /// A verifier does the same work for an unknown id: with `true` it prepares neither for a request, with `false` it prepares
    /// both. A store that returns `true` but builds its keys on each call lets callers find out by timing which ids exist. A
    /// store that wraps another one returns the value of that one.
    fn keeps_keys(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::new("k", KeyAlgorithm::HmacSha256, Zeroizing::new(vec![7; 32]), None, None)
    }

    #[test]
    fn prepared_value_is_made_once_and_shared_by_clones() {
        let (key, other) = (key(), key());
        let clone = key.clone();
        assert_eq!(key.prepared(|key| key.material().len()), Some(&32));
        assert_eq!(clone.prepared(|_| 0_usize), Some(&32));
        assert_eq!(clone.prepared(|_| "of another type"), None);
        assert_eq!(other.prepared(|_| 1_usize), Some(&1));
    }

    #[test]
    fn debug_shows_neither_the_secret_nor_the_prepared_value() {
        let key = key();
        key.prepared(|key| key.material().to_vec());
        assert_eq!(format!("{key:?}"), "Key { id: \"k\", algorithm: HmacSha256, .. }");
    }
}
