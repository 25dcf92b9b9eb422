//! [`SealingKeys`]: encrypt secrets at rest, so that a copy of the database is useless.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

/// The first byte of a sealed secret: AES-256-GCM (NIST SP 800-38D), with the nonce before the ciphertext and the tag after it.
const AES_256_GCM_V1: u8 = 1;

/// A key that seals secrets at rest. A copy of the database is useless without it.
///
/// [`RootSecret::sealing_keys`](crate::RootSecret::sealing_keys) derives sealing keys from the one secret that an application
/// configures. Use a separate sealing key only if the application has one already.
///
/// ```
/// use auth_keys::{SealingKey, SealingKeys};
///
/// # let text = "07".repeat(32);
/// let key: SealingKey = text.parse()?; // made by `openssl rand -hex 32`
/// let keys = SealingKeys::new().with(key);
/// let sealed = keys.seal("webhook", "partner-7", b"secret")?;
/// assert_eq!(*keys.open("webhook", "partner-7", &sealed)?, *b"secret");
/// assert!(keys.open("webhook", "partner-8", &sealed).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SealingKey(Arc<RandomizedNonceKey>);

impl SealingKey {
    /// Creates a key from random bytes.
    ///
    /// # Panics
    ///
    /// Never: any 32 bytes are a key.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Arc::new(RandomizedNonceKey::new(&AES_256_GCM, bytes).expect("a key has 32 bytes")))
    }

    /// Seals a secret and authenticates its place.
    fn seal(&self, place: &[u8], secret: &[u8]) -> Result<Vec<u8>, SealingError> {
        let mut sealed = Vec::with_capacity(secret.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(secret);
        let nonce = self.0.seal_in_place_append_tag(Aad::from(place), &mut sealed);
        let nonce = nonce.map_err(|_| SealingError::NoRandomness)?;
        Ok([&[AES_256_GCM_V1], nonce.as_ref().as_slice(), &sealed].concat())
    }

    fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.strip_prefix(&[AES_256_GCM_V1])?.split_first_chunk::<NONCE_LEN>()?;
        let mut secret = Zeroizing::new(sealed.to_vec());
        let length = self.0.open_in_place(Nonce::from(nonce), Aad::from(place), &mut secret).ok()?.len();
        secret.truncate(length);
        Some(secret)
    }
}

impl FromStr for SealingKey {
    type Err = InvalidSealingKey;

    /// Parses 64 hexadecimal digits, or 44 characters of base64 (RFC 4648 section 4).
    fn from_str(text: &str) -> Result<Self, InvalidSealingKey> {
        let bytes = if text.len() == 64 { crate::hex::decode(text) } else { decode_base64(text) };
        let bytes = bytes.ok_or(InvalidSealingKey)?;
        let bytes: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| InvalidSealingKey)?;
        Ok(Self::new(bytes))
    }
}

fn decode_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    Base64::decode_vec(text).ok().map(Zeroizing::new)
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

/// Why a text is not a [`SealingKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidSealingKey;

impl fmt::Display for InvalidSealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a sealing key is 32 bytes as 64 hexadecimal digits or in base64; make one with `openssl rand -hex 32`",
        )
    }
}

impl std::error::Error for InvalidSealingKey {}

/// Why a secret could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealingError {
    /// There are no sealing keys.
    NoKeys,
    /// No sealing key opens the secret: it was sealed with another key or for another place, or was changed.
    NotOpened,
    /// The operating system gives no randomness.
    NoRandomness,
}

impl fmt::Display for SealingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKeys => {
                "secrets are kept sealed, and there is no sealing key; set AUTH_ROOT_SECRET to a root secret, which \
                 `auth keys root` makes"
            }
            Self::NotOpened => "no sealing key opens the secret; add the key that sealed it behind the first one",
            Self::NoRandomness => "the operating system gives no randomness",
        })
    }
}

impl std::error::Error for SealingError {}

/// Sealing keys. The first key seals; all keys open. To replace a key, put the new one first.
///
/// A sealed secret is bound to its place: a label for the kind of secret, such as the name of a table, and an id. It cannot be
/// opened for another place. Each call of [`seal`](Self::seal) returns different bytes.
#[derive(Debug, Clone, Default)]
pub struct SealingKeys(Vec<SealingKey>);

impl SealingKeys {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key after the others.
    #[must_use]
    pub fn with(mut self, key: SealingKey) -> Self {
        self.0.push(key);
        self
    }

    /// Returns whether the list is empty, so that nothing can be sealed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Seals a secret with the first key, for the place `label` and `id`. The result is 29 bytes longer.
    ///
    /// # Errors
    ///
    /// If there are no keys, or the operating system gives no randomness.
    ///
    /// # Panics
    ///
    /// If the label has a NUL character, which separates it from the id.
    pub fn seal(&self, label: &str, id: &str, secret: &[u8]) -> Result<Vec<u8>, SealingError> {
        self.0.first().ok_or(SealingError::NoKeys)?.seal(&place(label, id), secret)
    }

    /// Opens a secret that [`seal`](Self::seal) sealed for the same place.
    ///
    /// # Errors
    ///
    /// If no key opens it.
    ///
    /// # Panics
    ///
    /// If the label has a NUL character.
    pub fn open(&self, label: &str, id: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealingError> {
        if self.is_empty() {
            return Err(SealingError::NoKeys);
        }
        let place = place(label, id);
        self.0.iter().find_map(|key| key.open(&place, sealed)).ok_or(SealingError::NotOpened)
    }

    /// Seals the secret again with the first key. Returns `None` if it was sealed with that key.
    ///
    /// # Errors
    ///
    /// Fails as [`open`](Self::open) and [`seal`](Self::seal) do.
    ///
    /// # Panics
    ///
    /// If the label has a NUL character.
    pub fn reseal(&self, label: &str, id: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, SealingError> {
        let first = self.0.first().ok_or(SealingError::NoKeys)?;
        let place = place(label, id);
        if first.open(&place, sealed).is_some() {
            return Ok(None);
        }
        let secret = self.open(label, id, sealed)?;
        first.seal(&place, &secret).map(Some)
    }
}

impl Extend<SealingKey> for SealingKeys {
    fn extend<I: IntoIterator<Item = SealingKey>>(&mut self, keys: I) {
        self.0.extend(keys);
    }
}

impl FromIterator<SealingKey> for SealingKeys {
    fn from_iter<I: IntoIterator<Item = SealingKey>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl IntoIterator for SealingKeys {
    type Item = SealingKey;
    type IntoIter = std::vec::IntoIter<SealingKey>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Returns the associated data that binds a sealed secret to its place.
fn place(label: &str, id: &str) -> Vec<u8> {
    assert!(!label.contains('\0'), "the label of a place has no NUL character");
    [label.as_bytes(), &[0], id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LABEL: &str = "hmac-sha256";

    fn keys(bytes: &[u8]) -> SealingKeys {
        bytes.iter().map(|byte| SealingKey::new(&[*byte; 32])).collect()
    }

    fn open(keys: &SealingKeys, label: &str, id: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        keys.open(label, id, sealed).ok().map(|secret| secret.to_vec())
    }

    #[test]
    fn a_secret_opens_at_its_place_and_nowhere_else() {
        let sealed = keys(&[1]).seal(LABEL, "k", b"secret").unwrap();
        assert_eq!((sealed[0], sealed.len()), (1, 1 + 12 + 6 + 16));
        assert_eq!(open(&keys(&[1]), LABEL, "k", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(keys(&[1]).open(LABEL, "l", &sealed), Err(SealingError::NotOpened));
        assert_eq!(keys(&[1]).open("hmac-sha512", "k", &sealed), Err(SealingError::NotOpened));
        assert_eq!(keys(&[2]).open(LABEL, "k", &sealed), Err(SealingError::NotOpened));
        assert_eq!(keys(&[]).open(LABEL, "k", &sealed), Err(SealingError::NoKeys));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&keys(&[1]), LABEL, "k", &changed), None, "{at}");
            assert_eq!(open(&keys(&[1]), LABEL, "k", &sealed[..at]), None, "{at}");
        }
        assert_ne!(keys(&[1]).seal(LABEL, "k", b"secret").unwrap(), sealed, "each has its own nonce");
    }

    /// Sealed by an earlier version of `auth-store`, which did its own sealing, with the key `01` × 32, for the key `k` of
    /// hmac-sha256.
    #[test]
    fn secrets_that_an_earlier_version_sealed_still_open() {
        const SEALED: &str = include_str!("fixtures/sealed.hex");
        let sealed = crate::hex::decode(SEALED.trim()).unwrap();
        assert_eq!(open(&keys(&[1]), LABEL, "k", &sealed).as_deref(), Some(&b"a secret of 32 bytes, or longer."[..]));
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let before = keys(&[1]).seal(LABEL, "k", b"secret").unwrap();
        let both = keys(&[2, 1]);
        let after = both.reseal(LABEL, "k", &before).unwrap().unwrap();
        for sealed in [&before, &after] {
            assert_eq!(open(&both, LABEL, "k", sealed).as_deref(), Some(&b"secret"[..]));
        }
        assert_eq!(open(&keys(&[2]), LABEL, "k", &after).as_deref(), Some(&b"secret"[..]));
        assert!(both.reseal(LABEL, "k", &after).unwrap().is_none());
        assert_eq!(keys(&[3]).reseal(LABEL, "k", &after), Err(SealingError::NotOpened));
        assert_eq!(keys(&[]).reseal(LABEL, "k", &after), Err(SealingError::NoKeys));
        assert!(SealingError::NoKeys.to_string().contains("AUTH_ROOT_SECRET"));
    }

    #[test]
    fn a_sealing_key_has_two_forms() {
        let sealed = keys(&[0xab]).seal(LABEL, "k", b"secret").unwrap();
        let base64 = Base64::encode_string(&[0xab; 32]);
        for text in ["ab".repeat(32), "AB".repeat(32), base64.clone()] {
            let key: SealingKey = text.parse().unwrap();
            assert_eq!(format!("{key:?}"), "SealingKey(..)");
            assert!(open(&SealingKeys::new().with(key), LABEL, "k", &sealed).is_some(), "{text}");
        }
        for text in
            ["", &"ab".repeat(31), &"ag".repeat(32), &"é".repeat(32), &base64[1..], "AAEC", &"A".repeat(64)[1..]]
        {
            assert_eq!(text.parse::<SealingKey>().err(), Some(InvalidSealingKey), "{text}");
        }
    }

    #[test]
    #[should_panic(expected = "NUL")]
    fn a_label_with_a_nul_is_refused() {
        let _ = keys(&[1]).seal("a\0b", "k", b"secret");
    }

    proptest! {
        #[test]
        fn every_secret_opens_again(secret: Vec<u8>, label in "[a-z-]{0,9}", id in "\\PC{0,20}") {
            let keys = keys(&[1]);
            let sealed = keys.seal(&label, &id, &secret).unwrap();
            prop_assert_eq!(sealed.len(), secret.len() + 29);
            prop_assert_eq!(open(&keys, &label, &id, &sealed), Some(secret));
        }

        #[test]
        fn opening_never_panics(sealed: Vec<u8>) {
            prop_assert!(keys(&[1]).open(LABEL, "k", &sealed).is_err());
        }
    }
}
