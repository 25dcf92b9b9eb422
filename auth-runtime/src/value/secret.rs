//! Creates and digests secrets, and keeps them out of logs.

use std::fmt;

use sha2::{Digest as _, Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The SHA-256 digest of a token. A store keeps nothing else of it.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the digest of `secret`.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Returns the digest of these bytes in sequence, the same as [`of`](Self::of) returns for their concatenation. The caller
    /// must ensure that the concatenation can only be split in one way.
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part);
        }
        Self(digest.finalize().into())
    }

    /// Returns the first 32 bytes of the SHA-512 digest of `secret`: for tokens that another application digested this way.
    pub(crate) fn of_sha512(secret: &[u8]) -> Self {
        Self::first_half(Sha512::digest(secret).into())
    }

    /// Reads the first 32 bytes of a SHA-512 digest from 128 hexadecimal digits of either case, for an import of
    /// django-rest-knox 5. `None` means that the text is not such a digest.
    ///
    /// Such a row is found by [`PresentedToken::imported_digest`](crate::PresentedToken::imported_digest).
    pub fn of_sha512_hex(hex: &str) -> Option<Self> {
        let mut bytes = [0; 64];
        if hex.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, digits) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            *byte = hex_digit(digits[0])? << 4 | hex_digit(digits[1])?;
        }
        Some(Self::first_half(bytes))
    }

    fn words(&self) -> [u64; 4] {
        std::array::from_fn(|at| u64::from_ne_bytes(std::array::from_fn(|byte| self.0[8 * at + byte])))
    }

    fn first_half(bytes: [u8; 64]) -> Self {
        let mut half = [0; 32];
        half.copy_from_slice(&bytes[..32]);
        Self(half)
    }

    /// Returns the digest as 64 hexadecimal digits, for a key.
    pub(crate) fn hex(&self) -> String {
        hex(&self.0)
    }

    /// Returns the digest's bytes, for a store.
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
        // Compares a few words instead of bytes, since a map compares at every lookup.
        let (a, b) = (self.words(), other.words());
        (0..4).fold(0, |differing, at| differing | (a[at] ^ b[at])).ct_eq(&0).into()
    }
}

impl Eq for Digest {}

impl std::hash::Hash for Digest {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        // The bits are as good as random, and a caller cannot choose this many of them: one word spreads well enough.
        state.write_u64(self.words()[0]);
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
        }
    }
    text
}

/// A new secret. Shown to its owner once, stored only as a [`Digest`].
pub struct NewSecret {
    text: Zeroizing<String>,
    digest: Digest,
}

impl NewSecret {
    /// Generates 160 random bits from the operating system, as 40 lower-case hexadecimal digits.
    ///
    /// # Errors
    ///
    /// If the operating system provides no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        Self::of_bytes::<20>()
    }

    /// Generates 256 random bits from the operating system, as 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    ///
    /// If the operating system provides no randomness.
    pub fn generate_long() -> Result<Self, getrandom::Error> {
        Self::of_bytes::<32>()
    }

    fn of_bytes<const N: usize>() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0_u8; N]);
        getrandom::fill(bytes.as_mut())?;
        let text = Zeroizing::new(hex(bytes.as_ref()));
        Ok(Self { digest: Digest::of(text.as_bytes()), text })
    }

    /// Creates a secret that a store knows by this digest.
    pub(crate) fn known_by(digest: Digest, text: Zeroizing<String>) -> Self {
        Self { text, digest }
    }

    /// Returns the secret itself, to be shown to its owner.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// Returns the digest that a store keeps.
    pub fn digest(&self) -> Digest {
        self.digest
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
    fn secret_is_hexadecimal_and_unique_and_hidden_by_debug() {
        let (a, b) = (NewSecret::generate().unwrap(), NewSecret::generate().unwrap());
        assert_ne!(a.reveal(), b.reveal());
        assert_eq!(a.reveal().len(), 40);
        assert!(a.reveal().bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
        assert!(!format!("{a:?} {:?}", a.digest()).contains(a.reveal()));
        assert_eq!(a.digest(), Digest::of(a.reveal().as_bytes()));
    }

    #[test]
    fn parts_have_the_digest_of_the_whole() {
        assert_eq!(Digest::of_parts(&[b"a", b"", b"bc"]), Digest::of(b"abc"));
        assert_ne!(Digest::of_parts(&[b"a", b"b"]), Digest::of(b"abc"));
    }

    #[test]
    fn a_sha512_digest_is_read_from_all_its_digits_only() {
        // FIPS 180-2, appendix C.1: SHA-512 of `abc`.
        let hex = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                   2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert_eq!(Digest::of_sha512_hex(hex), Some(Digest::of_sha512(b"abc")));
        assert_eq!(Digest::of_sha512_hex(&hex.to_uppercase()), Some(Digest::of_sha512(b"abc")));
        assert_eq!(Digest::of_sha512(b"abc").as_bytes()[..4], [0xdd, 0xaf, 0x35, 0xa1]);
        for bad in [&hex[..64], &hex[1..], "", &format!("{hex}0"), &hex.replace('d', "g"), &hex.replacen("dd", "é", 1)]
        {
            assert_eq!(Digest::of_sha512_hex(bad), None, "{bad}");
        }
    }
}
