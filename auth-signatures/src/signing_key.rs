//! [`SigningKey`]: what a client signs with, and a server its responses.

use std::fmt;
use std::sync::Arc;

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use zeroize::Zeroizing;

use crate::{crypto, keys};

/// A shared secret or a private key. Clones share it.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    id: String,
    algorithm: KeyAlgorithm,
    secret: Arc<Secret>,
}

pub(crate) enum Secret {
    Shared(Zeroizing<Vec<u8>>),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// Bytes or text that are no key of the algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAKey(String);

impl NotAKey {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAKey {}

impl SigningKey {
    /// A shared secret, as it is: at least 16 bytes, better 32 random ones.
    ///
    /// # Errors
    ///
    /// When the algorithm has key pairs, or the secret is too short to be one.
    pub fn shared(id: impl Into<String>, algorithm: KeyAlgorithm, secret: &[u8]) -> Result<Self, NotAKey> {
        check_shared(algorithm, secret)?;
        Ok(Self::new(id, algorithm, Secret::Shared(Zeroizing::new(secret.to_vec()))))
    }

    /// A private key in DER: PKCS #8 (RFC 5958), or `RSAPrivateKey` (RFC 8017), or `ECPrivateKey` (RFC 5915).
    ///
    /// # Errors
    ///
    /// When it is none of the algorithm, or an RSA key of less than 2048 bits.
    pub fn from_der(id: impl Into<String>, algorithm: KeyAlgorithm, der: &[u8]) -> Result<Self, NotAKey> {
        let rejected =
            |error: aws_lc_rs::error::KeyRejected| NotAKey::new(format!("no private key of {algorithm}: {error}"));
        let secret = match algorithm {
            KeyAlgorithm::EcdsaP256Sha256 | KeyAlgorithm::EcdsaP384Sha384 => {
                Secret::Ecdsa(EcdsaKeyPair::from_private_key_der(ecdsa(algorithm), der).map_err(rejected)?)
            }
            KeyAlgorithm::Ed25519 => {
                Secret::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(rejected)?)
            }
            KeyAlgorithm::RsaPssSha512 | KeyAlgorithm::RsaV15Sha256 | KeyAlgorithm::RsaV15Sha512 => {
                Secret::Rsa(keys::rsa_pair(algorithm, der)?)
            }
            symmetric => return Err(NotAKey::new(format!("{symmetric} has a shared secret, no private key"))),
        };
        Ok(Self::new(id, algorithm, secret))
    }

    /// A new key from the randomness of the operating system: 32 bytes (64 for SHA-512), a key pair, RSA with 3072 bits.
    ///
    /// # Errors
    ///
    /// When the operating system gives no randomness.
    pub fn generate(id: impl Into<String>, algorithm: KeyAlgorithm) -> Result<Self, NotAKey> {
        let failed = |_: Unspecified| NotAKey::new("the operating system gives no randomness");
        let secret = match algorithm {
            KeyAlgorithm::EcdsaP256Sha256 | KeyAlgorithm::EcdsaP384Sha384 => {
                Secret::Ecdsa(EcdsaKeyPair::generate(ecdsa(algorithm)).map_err(failed)?)
            }
            KeyAlgorithm::Ed25519 => Secret::Ed25519(Ed25519KeyPair::generate().map_err(failed)?),
            KeyAlgorithm::RsaPssSha512 | KeyAlgorithm::RsaV15Sha256 | KeyAlgorithm::RsaV15Sha512 => {
                Secret::Rsa(RsaKeyPair::generate(KeySize::Rsa3072).map_err(failed)?)
            }
            KeyAlgorithm::HmacSha512 => {
                Secret::Shared(Zeroizing::new(crypto::random::<64>().map_err(failed)?.to_vec()))
            }
            _ => Secret::Shared(Zeroizing::new(crypto::random::<32>().map_err(failed)?.to_vec())),
        };
        Ok(Self::new(id, algorithm, secret))
    }

    pub(crate) fn new(id: impl Into<String>, algorithm: KeyAlgorithm, secret: Secret) -> Self {
        Self(Arc::new(Inner { id: id.into(), algorithm, secret: Arc::new(secret) }))
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0.secret
    }

    /// The same key under another id.
    #[must_use]
    pub fn with_id(&self, id: impl Into<String>) -> Self {
        let Inner { algorithm, secret, .. } = &*self.0;
        Self(Arc::new(Inner { id: id.into(), algorithm: *algorithm, secret: Arc::clone(secret) }))
    }

    /// By what a message names it.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// What it is for.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.0.algorithm
    }

    /// What the other side verifies with: the same secret, or the public key.
    ///
    /// # Panics
    ///
    /// Never: a public key that was parsed can be written.
    pub fn verifying_key(&self) -> Key {
        let spki = |der: Result<PublicKeyX509Der<'static>, Unspecified>| {
            Zeroizing::new(der.expect("a parsed key can be written").as_ref().to_vec())
        };
        let material = match self.secret() {
            Secret::Shared(secret) => secret.clone(),
            Secret::Ecdsa(pair) => spki(pair.public_key().as_der()),
            Secret::Ed25519(pair) => spki(pair.public_key().as_der()),
            Secret::Rsa(pair) => spki(pair.public_key().as_der()),
        };
        Key::new(self.0.id.clone(), self.0.algorithm, material, None, None)
    }

    /// The signature over `message`: for ECDSA `r` and `s` in a row, for RSA-PSS with a salt of 64 bytes.
    ///
    /// # Panics
    ///
    /// When the operating system gives no randomness.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self.secret() {
            Secret::Shared(secret) => crypto::mac(self.0.algorithm, secret, message).as_ref().to_vec(),
            Secret::Ecdsa(pair) => pair.sign(&random, message).expect("randomness").as_ref().to_vec(),
            Secret::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Secret::Rsa(pair) => {
                let padding: &'static dyn signature::RsaEncoding = match self.0.algorithm {
                    KeyAlgorithm::RsaPssSha512 => &signature::RSA_PSS_SHA512,
                    KeyAlgorithm::RsaV15Sha512 => &signature::RSA_PKCS1_SHA512,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature).expect("randomness");
                signature
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { id, algorithm, .. } = &*self.0;
        f.debug_struct("SigningKey").field("id", id).field("algorithm", algorithm).finish_non_exhaustive()
    }
}

/// An error when a secret is not good enough to be shared for this algorithm.
pub(crate) fn check_shared(algorithm: KeyAlgorithm, secret: &[u8]) -> Result<(), NotAKey> {
    if !algorithm.is_symmetric() {
        return Err(NotAKey::new(format!("{algorithm} has no shared secret; give a private key")));
    }
    if secret.len() < 16 {
        return Err(NotAKey::new("a shared secret has at least 16 bytes"));
    }
    Ok(())
}

pub(crate) fn ecdsa(algorithm: KeyAlgorithm) -> &'static signature::EcdsaSigningAlgorithm {
    match algorithm {
        KeyAlgorithm::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
    }
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64, Encoding};

    use super::*;
    use crate::crypto::Claimed;

    #[test]
    fn what_a_key_signs_its_other_half_verifies_and_no_other() {
        for algorithm in KeyAlgorithm::ALL {
            let key = SigningKey::generate("k", algorithm).unwrap();
            let signature = key.sign(b"message");
            let verifying = key.verifying_key();
            let other = SigningKey::generate("k", algorithm).unwrap().verifying_key();
            let text = Base64::encode_string(&signature);
            // The second time, a key that is kept is taken as it was prepared.
            for is_kept in [false, true, true] {
                for claimed in [Claimed::Bytes(&signature), Claimed::Base64(&text)] {
                    assert!(crypto::verifies(&verifying, is_kept, b"message", claimed), "{algorithm}");
                    assert!(!crypto::verifies(&verifying, is_kept, b"massage", claimed), "{algorithm}");
                    assert!(!crypto::verifies(&other, is_kept, b"message", claimed), "{algorithm}");
                }
                for claimed in [Claimed::Bytes(&signature[1..]), Claimed::Base64(&text[1..])] {
                    assert!(!crypto::verifies(&verifying, is_kept, b"message", claimed), "{algorithm}");
                }
            }
        }
    }

    #[test]
    fn keys_say_nothing_of_their_secret() {
        let key = SigningKey::shared("k", KeyAlgorithm::HmacSha256, b"0123456789abcdef").unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey { id: \"k\", algorithm: HmacSha256, .. }");
        assert_eq!(format!("{:?}", key.verifying_key()), "Key { id: \"k\", algorithm: HmacSha256, .. }");
        assert!(SigningKey::shared("k", KeyAlgorithm::HmacSha256, b"short").is_err());
        assert!(SigningKey::shared("k", KeyAlgorithm::Ed25519, &[0; 32]).is_err());
        assert!(SigningKey::from_der("k", KeyAlgorithm::HmacSha256, &[0; 32]).is_err());
        assert!(SigningKey::from_der("k", KeyAlgorithm::Ed25519, b"no key").is_err());
    }
}
