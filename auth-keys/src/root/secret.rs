//! [`RootSecret`].

use std::env::{self, VarError};
use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::derived::{DerivedKey, DerivedKeys};
use super::error::{InvalidRootSecret, RootSecretError};
use crate::error::InvalidKey;
use crate::hex;
use crate::sealing::{SealingKey, SealingKeys};

/// The minimum length of a root secret, in bytes: the length of the derived keys.
const SHORTEST: usize = 32;

/// The minimum number of different bytes in a root secret. 32 random bytes practically never have fewer.
const FEWEST_DISTINCT: usize = 8;

/// The one secret that an application configures. Keys for sealing, for one-time codes and for other purposes are derived from it
/// by HKDF-SHA-256 (RFC 5869), each under its own label: no key reveals anything about another, or about the root.
///
/// The text form is at least 32 bytes in hexadecimal digits or in base64 (RFC 4648 section 4); [`to_text`](Self::to_text)
/// writes lower-case digits. `auth keys root` generates a secret. To replace a secret, put the new one before the old one,
/// separated by a comma: the keys of the first one make new values, and the keys of all open and verify.
///
/// ```no_run
/// use auth_keys::RootSecret;
///
/// let root = RootSecret::from_env()?; // AUTH_ROOT_SECRET
/// let sealing = root.sealing_keys(); // for a store
/// let codes = root.code_keys(); // for one-time codes
/// let nonces = root.derive("example.org dpop nonces"); // for a purpose of your own
/// # let _ = (sealing, codes, nonces);
/// # Ok::<(), auth_keys::RootSecretError>(())
/// ```
#[derive(Clone)]
pub struct RootSecret {
    first: Zeroizing<Vec<u8>>,
    others: Vec<Zeroizing<Vec<u8>>>,
}

impl RootSecret {
    /// The variable that [`from_env`](Self::from_env) reads.
    pub const VARIABLE: &str = super::VARIABLE;

    /// Generates a root secret of 32 bytes from the randomness of the operating system.
    ///
    /// # Errors
    ///
    /// If the operating system gives no randomness.
    pub fn generate() -> Result<Self, InvalidKey> {
        let mut first = Zeroizing::new(vec![0; SHORTEST]);
        let filled = aws_lc_rs::rand::fill(&mut first);
        filled.map_err(|_| InvalidKey::new("the operating system gives no randomness"))?;
        Ok(Self { first, others: Vec::new() })
    }

    /// Reads the variable `AUTH_ROOT_SECRET`.
    ///
    /// # Errors
    ///
    /// If the variable is not set, or is not a root secret. The message names the variable and says what to do.
    pub fn from_env() -> Result<Self, RootSecretError> {
        Self::from_variable(env::var(Self::VARIABLE))
    }

    fn from_variable(value: Result<String, VarError>) -> Result<Self, RootSecretError> {
        let text = match value {
            Ok(text) => Zeroizing::new(text),
            Err(VarError::NotPresent) => return Err(RootSecretError::Missing),
            Err(VarError::NotUnicode(_)) => return Err(RootSecretError::Invalid(InvalidRootSecret::Encoding)),
        };
        if text.trim().is_empty() {
            return Err(RootSecretError::Missing);
        }
        text.parse().map_err(RootSecretError::Invalid)
    }

    /// Formats the secrets as [`FromStr`] parses them: lower-case hexadecimal digits, with commas between several secrets.
    pub fn to_text(&self) -> Zeroizing<String> {
        let length: usize = self.iter().map(|secret| secret.len() * 2 + 1).sum();
        let mut text = Zeroizing::new(String::with_capacity(length));
        for (at, secret) in self.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            text.push_str(&hex::encode(secret));
        }
        text
    }

    /// Derives the keys that seal secrets at rest. The first key seals; all keys open.
    pub fn sealing_keys(&self) -> SealingKeys {
        self.iter().map(|secret| SealingKey::new(&expand(secret, &["sealing"]))).collect()
    }

    /// Derives the keys for digests of one-time codes. A code has too few digits for a digest without a key.
    pub fn code_keys(&self) -> DerivedKeys {
        self.derive_keys(&["codes"])
    }

    /// Derives a key for the purpose `label` from the first secret. Keys with different labels are unrelated.
    ///
    /// Use [`derive_all`](Self::derive_all) for values that must outlive a change of the root secret.
    pub fn derive(&self, label: &'static str) -> DerivedKey {
        DerivedKey::new(expand(&self.first, &["label", label]))
    }

    /// Derives keys for the purpose `label` from all secrets. The first key makes new values; all keys verify.
    pub fn derive_all(&self, label: &'static str) -> DerivedKeys {
        self.derive_keys(&["label", label])
    }

    fn derive_keys(&self, purpose: &[&str]) -> DerivedKeys {
        let derive = |secret: &Zeroizing<Vec<u8>>| DerivedKey::new(expand(secret, purpose));
        DerivedKeys::new(derive(&self.first), self.others.iter().map(derive).collect())
    }

    fn iter(&self) -> impl Iterator<Item = &Zeroizing<Vec<u8>>> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

/// Derives 32 bytes by HKDF-SHA-256 (RFC 5869) without a salt. The `info` is "auth-keys 1" followed by the words of the
/// purpose, each after a space. Only the last word may contain a space, so that two purposes never have the same `info`.
fn expand(secret: &[u8], purpose: &[&str]) -> Zeroizing<[u8; 32]> {
    let mut info = vec!["auth-keys 1"];
    for word in purpose {
        info.extend([" ", word]);
    }
    let info: Vec<&[u8]> = info.into_iter().map(str::as_bytes).collect();
    let mut derived = Zeroizing::new([0; 32]);
    hkdf(&[], secret, &info, derived.as_mut());
    derived
}

fn hkdf(salt: &[u8], secret: &[u8], info: &[&[u8]], out: &mut [u8]) {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let expanded = Salt::new(HKDF_SHA256, salt).extract(secret);
    let expanded = expanded.expand(info, Length(out.len())).and_then(|key| key.fill(out));
    expanded.expect("HKDF gives up to 8160 bytes");
}

impl FromStr for RootSecret {
    type Err = InvalidRootSecret;

    /// Parses secrets separated by commas, each in hexadecimal digits or in base64 (RFC 4648 section 4).
    fn from_str(text: &str) -> Result<Self, InvalidRootSecret> {
        let mut secrets = Vec::new();
        for text in text.split(',') {
            let secret = decode(text.trim())?;
            if secrets.contains(&secret) {
                return Err(InvalidRootSecret::Duplicate);
            }
            secrets.push(secret);
        }
        let others = secrets.split_off(1);
        Ok(Self { first: secrets.swap_remove(0), others })
    }
}

fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, InvalidRootSecret> {
    if text.is_empty() {
        return Err(InvalidRootSecret::Empty);
    }
    // Random base64 of this length practically never consists only of hexadecimal digits.
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let secret = if is_hex { hex::decode(text) } else { Base64::decode_vec(text).ok().map(Zeroizing::new) };
    let secret = secret.ok_or(InvalidRootSecret::Encoding)?;
    if secret.len() < SHORTEST {
        return Err(InvalidRootSecret::TooShort(secret.len()));
    }
    let mut seen = [false; 256];
    for byte in secret.iter() {
        seen[usize::from(*byte)] = true;
    }
    if seen.into_iter().filter(|seen| *seen).count() < FEWEST_DISTINCT {
        return Err(InvalidRootSecret::Repetitive);
    }
    Ok(secret)
}

impl fmt::Debug for RootSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Derive = fn(&RootSecret) -> DerivedKeys;

    const ONE: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const TWO: &str = "f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f";

    const SEALING: &str = "2d2f887b97b197ac3e107af6d7e36c7806fdff8710af487b4b6d6b2f421e9d89";
    const CODES: &str = "9d4ef70438aa63664f6df72cb7e5e693a23d90388e090e24bec000d2993229b8";
    const NONCES: &str = "c802a64c7eeb2fa36a1eb8860c2cffd4f3a5225c0ca7c0f60004d789a6569e1d";

    fn root(text: &str) -> RootSecret {
        text.parse().unwrap()
    }

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        hex::decode(hexadecimal).unwrap().to_vec()
    }

    /// RFC 5869 appendix A.1 to A.3, those with SHA-256.
    #[test]
    fn hkdf_gives_the_vectors_of_rfc_5869() {
        let long = |from: u8, to: u8| hex::encode(&(from..=to).collect::<Vec<_>>()).to_string();
        for (secret, salt, info, expected) in [
            (
                "0b".repeat(22),
                long(0x00, 0x0c),
                long(0xf0, 0xf9),
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            ),
            (
                long(0x00, 0x4f),
                long(0x60, 0xaf),
                long(0xb0, 0xff),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f\
                 09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
            ),
            (
                "0b".repeat(22),
                String::new(),
                String::new(),
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
            ),
        ] {
            let expected = bytes(expected);
            let mut out = vec![0; expected.len()];
            let info = bytes(&info);
            // In one piece or several, the info is the same.
            let (start, end) = info.split_at(info.len() / 2);
            hkdf(&bytes(&salt), &bytes(&secret), &[start, end], &mut out);
            assert_eq!(out, expected);
        }
    }

    /// Sealed values must open with every later version, so these values must never change. Computed with Python's `hmac`.
    #[test]
    fn derived_keys_are_stable() {
        let root = root(ONE);
        let hex = |bytes: &[u8; 32]| hex::encode(bytes).to_string();
        assert_eq!(hex(&expand(&root.first, &["sealing"])), SEALING);
        assert_eq!(hex(root.code_keys().first().as_bytes()), CODES);
        assert_eq!(hex(root.derive("nonces").as_bytes()), NONCES);
    }

    #[test]
    fn every_purpose_has_a_key_of_its_own() {
        let root = root(ONE);
        let keys = [
            *expand(&root.first, &["sealing"]),
            *root.code_keys().first().as_bytes(),
            *root.derive("").as_bytes(),
            *root.derive("sealing").as_bytes(),
            *root.derive("codes").as_bytes(),
            *root.derive("label codes").as_bytes(),
        ];
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{at}");
        }
        assert_eq!(root.derive("a").as_bytes(), root.derive_all("a").first().as_bytes());
    }

    #[test]
    fn the_first_secret_makes_values_and_all_verify() {
        let (old, new, both) = (root(ONE), root(TWO), root(&format!("{TWO}, {ONE}")));
        let before = old.sealing_keys().seal("label", "id", b"secret").unwrap();
        let after = both.sealing_keys().seal("label", "id", b"secret").unwrap();
        let opens = |root: &RootSecret, sealed: &[u8]| root.sealing_keys().open("label", "id", sealed).is_ok();
        assert_eq!([&old, &new, &both].map(|root| opens(root, &before)), [true, false, true]);
        assert_eq!([&old, &new, &both].map(|root| opens(root, &after)), [false, true, true]);

        for derive in [RootSecret::code_keys as Derive, |root| root.derive_all("label")] {
            let (before, after) = (derive(&old).mac(b"message"), derive(&both).mac(b"message"));
            let verifies = |root: &RootSecret, mac: &[u8]| derive(root).verify_mac(b"message", mac);
            assert_eq!([&old, &new, &both].map(|root| verifies(root, &before)), [true, false, true]);
            assert_eq!([&old, &new, &both].map(|root| verifies(root, &after)), [false, true, true]);
            assert!(!derive(&both).verify_mac(b"another", &after) && !derive(&both).verify_mac(b"message", b""));
        }
        assert_eq!(both.derive("a").as_bytes(), new.derive("a").as_bytes());
    }

    #[test]
    fn a_root_secret_is_hexadecimal_or_base64() {
        let base64 = Base64::encode_string(&bytes(ONE));
        for text in [ONE, &ONE.to_uppercase(), &base64, &format!(" {base64}\n")] {
            assert_eq!(*root(text).to_text(), ONE, "{text}");
        }
        let long = format!("{ONE}{TWO}");
        assert_eq!(*root(&long).to_text(), long);
        assert_eq!(*root(&format!("{base64} , {TWO}")).to_text(), format!("{ONE},{TWO}"));
    }

    #[test]
    fn weak_secrets_are_refused_with_what_to_do() {
        for (text, error, message) in [
            (String::new(), InvalidRootSecret::Empty, "is empty"),
            (format!("{ONE},"), InvalidRootSecret::Empty, "is empty"),
            (format!("{ONE},,{TWO}"), InvalidRootSecret::Empty, "is empty"),
            (
                "correct horse battery staple!".to_owned(),
                InvalidRootSecret::Encoding,
                "hexadecimal digits or in base64",
            ),
            (ONE[1..].to_owned(), InvalidRootSecret::Encoding, "hexadecimal digits or in base64"),
            (ONE[2..].to_owned(), InvalidRootSecret::TooShort(31), "at least 32 bytes, and this one 31"),
            ("AAEz".to_owned(), InvalidRootSecret::TooShort(3), "at least 32 bytes, and this one 3"),
            ("07".repeat(32), InvalidRootSecret::Repetitive, "repeats a few bytes"),
            ("00010203040506".repeat(5), InvalidRootSecret::Repetitive, "repeats a few bytes"),
            (format!("{ONE},{}", "07".repeat(32)), InvalidRootSecret::Repetitive, "repeats a few bytes"),
            (format!("{ONE},{}", ONE.to_uppercase()), InvalidRootSecret::Duplicate, "is there twice"),
        ] {
            assert_eq!(text.parse::<RootSecret>().err(), Some(error), "{text}");
            let text = error.to_string();
            assert!(text.contains(message) && text.contains("`auth keys root`"), "{text}");
        }
        assert!("0001020304050607".repeat(4).parse::<RootSecret>().is_ok());
    }

    #[test]
    fn a_missing_variable_is_named() {
        for missing in [Err(VarError::NotPresent), Ok(String::new()), Ok(" ".to_owned())] {
            let error = RootSecret::from_variable(missing).unwrap_err();
            assert_eq!(error, RootSecretError::Missing);
            assert!(error.to_string().contains("AUTH_ROOT_SECRET") && error.to_string().contains("`auth keys root`"));
        }
        let error = RootSecret::from_variable(Ok("hunter2".to_owned())).unwrap_err().to_string();
        assert!(error.starts_with("AUTH_ROOT_SECRET: ") && !error.contains("hunter2"), "{error}");
        let error = RootSecret::from_variable(Err(VarError::NotUnicode("x".into()))).unwrap_err();
        assert_eq!(error, RootSecretError::Invalid(InvalidRootSecret::Encoding));
        assert_eq!(*RootSecret::from_variable(Ok(ONE.to_owned())).unwrap().to_text(), ONE);
    }

    #[test]
    fn generated_secrets_are_accepted_and_differ() {
        let (one, other) = (RootSecret::generate().unwrap(), RootSecret::generate().unwrap());
        assert_eq!(one.to_text(), root(&one.to_text()).to_text());
        assert!(one.to_text() != other.to_text() && one.to_text().len() == 64);
    }

    #[test]
    fn debug_shows_no_secret() {
        let root = root(ONE);
        assert_eq!(format!("{root:?}"), "RootSecret(..)");
        let derived = format!("{:?} {:?}", root.derive("a"), root.code_keys());
        assert_eq!(derived, "DerivedKey(..) DerivedKeys { first: DerivedKey(..), others: [] }");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(secrets in prop::collection::vec(prop::collection::vec(any::<u8>(), 32..80), 1..4)) {
            let text = secrets.iter().map(|secret| hex::encode(secret).to_string()).collect::<Vec<_>>().join(",");
            if let Ok(root) = text.parse::<RootSecret>() {
                prop_assert_eq!(&*root.to_text(), &text);
            }
            let base64 = secrets.iter().map(|secret| Base64::encode_string(secret)).collect::<Vec<_>>().join(",");
            if let Ok(root) = base64.parse::<RootSecret>() {
                prop_assert_eq!(&*root.to_text(), &text);
            }
        }

        #[test]
        fn parsing_never_panics(text in "([0-9a-fA-F,]{0,99}|[A-Za-z0-9+/=, ]{0,99}|\\PC{0,40})") {
            if let Ok(root) = text.parse::<RootSecret>() {
                prop_assert_eq!(root.to_text(), root.to_text().parse::<RootSecret>().unwrap().to_text());
            }
        }
    }
}
