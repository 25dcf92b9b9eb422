//! [`SealingKey`]: what keeps shared secrets from whoever has the database.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use auth_runtime::store::{KeyAlgorithm, StoreError, StoreResult};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

/// The first byte of what is sealed: AES-256-GCM (NIST SP 800-38D), nonce and tag around it.
const AES_256_GCM_V1: u8 = 1;

/// A key that seals shared secrets at rest. Kept apart from the database, it makes a copy of that useless to forge with.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use auth_store::{SealingKey, SqliteStore};
///
/// # let text = "07".repeat(32);
/// let sealing: SealingKey = text.parse()?; // of `openssl rand -hex 32`
/// let store = SqliteStore::in_memory().await?.with_sealing_key(sealing);
/// # Ok(()) }
/// # #[cfg(not(feature = "sqlite"))] fn main() {}
/// ```
#[derive(Clone)]
pub struct SealingKey(Arc<RandomizedNonceKey>);

impl SealingKey {
    /// The key of these bytes, which are random.
    ///
    /// # Panics
    ///
    /// Never: any 32 bytes are a key.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Arc::new(RandomizedNonceKey::new(&AES_256_GCM, bytes).expect("a key has 32 bytes")))
    }

    /// The secret with this key's nonce before it and the tag behind it. `name` binds it to its place.
    fn seal(&self, name: &[u8], secret: &[u8]) -> StoreResult<Vec<u8>> {
        let failed = |_| StoreError::new("a shared secret could not be sealed");
        let mut sealed = Vec::with_capacity(secret.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(secret);
        let nonce = self.0.seal_in_place_append_tag(Aad::from(name), &mut sealed).map_err(failed)?;
        Ok([&[AES_256_GCM_V1], nonce.as_ref().as_slice(), &sealed].concat())
    }

    fn open(&self, name: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.strip_prefix(&[AES_256_GCM_V1])?.split_first_chunk::<NONCE_LEN>()?;
        let mut secret = Zeroizing::new(sealed.to_vec());
        let length = self.0.open_in_place(Nonce::from(nonce), Aad::from(name), &mut secret).ok()?.len();
        secret.truncate(length);
        Some(secret)
    }
}

impl FromStr for SealingKey {
    type Err = NotASealingKey;

    /// Of 64 hexadecimal digits, or 44 characters of base64 (RFC 4648 section 4).
    fn from_str(text: &str) -> Result<Self, NotASealingKey> {
        let mut bytes = Zeroizing::new([0; 32]);
        if text.len() == 64 {
            let mut digits = text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()));
            for byte in bytes.iter_mut() {
                let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else {
                    return Err(NotASealingKey);
                };
                *byte = high << 4 | low;
            }
        } else {
            let decoded = Base64::decode(text, bytes.as_mut()).map(<[u8]>::len);
            if decoded != Ok(32) {
                return Err(NotASealingKey);
            }
        }
        Ok(Self::new(&bytes))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

/// A text that is no [`SealingKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotASealingKey;

impl fmt::Display for NotASealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sealing key is 32 bytes as 64 hexadecimal digits or in base64; `openssl rand -hex 32` makes one")
    }
}

impl std::error::Error for NotASealingKey {}

/// The first one seals, and all open.
#[derive(Debug, Clone, Default)]
pub(crate) struct SealingKeys(Vec<SealingKey>);

impl SealingKeys {
    pub(crate) fn push(&mut self, key: SealingKey) {
        self.0.push(key);
    }

    /// What a database keeps of a key: the public key, or the sealed secret.
    pub(crate) fn seal(&self, id: &str, algorithm: KeyAlgorithm, material: &[u8]) -> StoreResult<Vec<u8>> {
        if !algorithm.is_symmetric() {
            return Ok(material.to_vec());
        }
        let first = self.0.first().ok_or_else(|| {
            StoreError::new(
                "shared secrets are kept sealed, and there is no sealing key; give the store one by `with_sealing_key`",
            )
        })?;
        first.seal(&name(id, algorithm), material)
    }

    /// What [`seal`](Self::seal) was given.
    pub(crate) fn open(&self, id: &str, algorithm: KeyAlgorithm, kept: Vec<u8>) -> StoreResult<Zeroizing<Vec<u8>>> {
        if !algorithm.is_symmetric() {
            return Ok(Zeroizing::new(kept));
        }
        let name = name(id, algorithm);
        self.0.iter().find_map(|key| key.open(&name, &kept)).ok_or_else(|| {
            StoreError::new(if self.0.is_empty() {
                format!("the secret of the key `{}` is sealed, and there is no sealing key", id.escape_debug())
            } else {
                format!("no sealing key opens the secret of the key `{}`", id.escape_debug())
            })
        })
    }

    /// The same secret sealed by the first key; `None` when it is already.
    pub(crate) fn reseal(&self, id: &str, algorithm: KeyAlgorithm, kept: &[u8]) -> StoreResult<Option<Vec<u8>>> {
        if self.0.first().is_some_and(|first| first.open(&name(id, algorithm), kept).is_some()) {
            return Ok(None);
        }
        let secret = self.open(id, algorithm, kept.to_vec())?;
        self.seal(id, algorithm, &secret).map(Some)
    }
}

/// What a sealed secret belongs to, so that it cannot be moved to another key. No algorithm's name has a NUL in it.
fn name(id: &str, algorithm: KeyAlgorithm) -> Vec<u8> {
    [algorithm.name().as_bytes(), &[0], id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA256: KeyAlgorithm = KeyAlgorithm::HmacSha256;

    fn keys(bytes: &[u8]) -> SealingKeys {
        SealingKeys(bytes.iter().map(|byte| SealingKey::new(&[*byte; 32])).collect())
    }

    fn open(keys: &SealingKeys, id: &str, algorithm: KeyAlgorithm, sealed: &[u8]) -> Option<Vec<u8>> {
        keys.open(id, algorithm, sealed.to_vec()).ok().map(|secret| secret.to_vec())
    }

    #[test]
    fn a_secret_opens_where_it_belongs_and_nowhere_else() {
        let sealed = keys(&[1]).seal("k", SHA256, b"secret").unwrap();
        assert_eq!((sealed[0], sealed.len()), (1, 1 + 12 + 6 + 16));
        assert_eq!(open(&keys(&[1]), "k", SHA256, &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(open(&keys(&[1]), "l", SHA256, &sealed), None);
        assert_eq!(open(&keys(&[1]), "k", KeyAlgorithm::HmacSha512, &sealed), None);
        assert_eq!(open(&keys(&[2]), "k", SHA256, &sealed), None);
        assert_eq!(open(&keys(&[]), "k", SHA256, &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&keys(&[1]), "k", SHA256, &changed), None, "{at}");
            assert_eq!(open(&keys(&[1]), "k", SHA256, &sealed[..at]), None, "{at}");
        }
        assert_ne!(keys(&[1]).seal("k", SHA256, b"secret").unwrap(), sealed, "each has its own nonce");
    }

    #[test]
    fn the_first_seals_and_all_open() {
        let before = keys(&[1]).seal("k", SHA256, b"secret").unwrap();
        let both = keys(&[2, 1]);
        let after = both.reseal("k", SHA256, &before).unwrap().unwrap();
        for sealed in [&before, &after] {
            assert_eq!(open(&both, "k", SHA256, sealed).as_deref(), Some(&b"secret"[..]));
        }
        assert_eq!(open(&keys(&[2]), "k", SHA256, &after).as_deref(), Some(&b"secret"[..]));
        assert!(both.reseal("k", SHA256, &after).unwrap().is_none());
        assert!(keys(&[3]).reseal("k", SHA256, &after).is_err() && keys(&[]).reseal("k", SHA256, &after).is_err());
    }

    #[test]
    fn public_keys_are_kept_as_they_are() {
        let none = keys(&[]);
        assert_eq!(none.seal("k", KeyAlgorithm::Ed25519, b"public").unwrap(), b"public");
        assert_eq!(open(&none, "k", KeyAlgorithm::Ed25519, b"public").unwrap(), b"public");
        assert!(none.seal("k", SHA256, b"secret").unwrap_err().to_string().contains("with_sealing_key"));
    }

    #[test]
    fn a_sealing_key_has_two_forms() {
        let sealed = keys(&[0xab]).seal("k", SHA256, b"secret").unwrap();
        let base64 = Base64::encode_string(&[0xab; 32]);
        for text in ["ab".repeat(32), "AB".repeat(32), base64.clone()] {
            let key: SealingKey = text.parse().unwrap();
            assert!(key.open(&name("k", SHA256), &sealed).is_some(), "{text}");
            assert_eq!(format!("{key:?}"), "SealingKey(..)");
        }
        for text in
            ["", &"ab".repeat(31), &"ag".repeat(32), &"é".repeat(32), &base64[1..], "AAEC", &"A".repeat(64)[1..]]
        {
            assert_eq!(text.parse::<SealingKey>().err(), Some(NotASealingKey), "{text}");
        }
    }
}
