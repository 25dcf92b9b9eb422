//! Secrets: how they are made, digested and kept out of logs.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The SHA-256 digest of a token: all of it that a store keeps.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `secret`.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// The digest's bytes, for a store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Digest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Digest {}

impl std::hash::Hash for Digest {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}

/// A secret that was just made: shown to its owner once, kept only as a [`Digest`].
pub struct NewSecret(Zeroizing<String>);

impl NewSecret {
    /// 160 random bits of the operating system, as 40 lower-case hexadecimal digits.
    ///
    /// # Errors
    ///
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        Self::of_bytes::<20>()
    }

    /// 256 random bits of the operating system, as 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    ///
    /// When the operating system gives no randomness.
    pub fn generate_long() -> Result<Self, getrandom::Error> {
        Self::of_bytes::<32>()
    }

    fn of_bytes<const N: usize>() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0_u8; N]);
        getrandom::fill(bytes.as_mut())?;
        let mut text = Zeroizing::new(String::with_capacity(2 * N));
        for byte in bytes.iter() {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
            }
        }
        Ok(Self(text))
    }

    /// The secret itself, to be shown to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What a store keeps of it.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hexadecimal_unique_and_silent() {
        let (a, b) = (NewSecret::generate().unwrap(), NewSecret::generate().unwrap());
        assert_ne!(a.reveal(), b.reveal());
        assert_eq!(a.reveal().len(), 40);
        assert!(a.reveal().bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
        assert!(!format!("{a:?} {:?}", a.digest()).contains(a.reveal()));
        assert_eq!(a.digest(), Digest::of(a.reveal().as_bytes()));
    }
}
