//! [`SigningKey`]: a private key or a shared secret.

use std::fmt;
use std::sync::Arc;

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use zeroize::Zeroizing;

use crate::algorithm::{self, is_rsa};
use crate::error::InvalidKey;
use crate::signature::mac;
use crate::{rsa, secret};

/// A private key or a shared secret: clients sign requests with it, and servers sign responses and tokens. Clones share it.
///
/// ```
/// use auth_keys::SigningKey;
/// use auth_runtime::store::KeyAlgorithm;
///
/// let key = SigningKey::generate("billing-2026", KeyAlgorithm::Ed25519)?;
/// let private = key.to_private_jwk(); // for its owner, once
/// let public = key.verifying_key(); // for the verifier
/// assert_eq!(SigningKey::from_jwk(&private, None)?.verifying_key().material(), public.material());
/// # Ok::<(), auth_keys::InvalidKey>(())
/// ```
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

impl SigningKey {
    /// Creates a key from the bytes of a shared secret: at least 16 bytes, preferably 32 random ones.
    ///
    /// # Errors
    ///
    /// If the algorithm has key pairs, or the secret is too short.
    pub fn shared(id: impl Into<String>, algorithm: KeyAlgorithm, secret: &[u8]) -> Result<Self, InvalidKey> {
        secret::check(algorithm, secret)?;
        Ok(Self::new(id, algorithm, Secret::Shared(Zeroizing::new(secret.to_vec()))))
    }

    /// Reads a private key in DER: PKCS #8 (RFC 5958), or `RSAPrivateKey` (RFC 8017), or `ECPrivateKey` (RFC 5915).
    ///
    /// # Errors
    ///
    /// If it is not a private key for the algorithm, or is an RSA key of less than 2048 bits.
    pub fn from_der(id: impl Into<String>, algorithm: KeyAlgorithm, der: &[u8]) -> Result<Self, InvalidKey> {
        let rejected = |error: KeyRejected| InvalidKey::new(format!("not a private key for {algorithm}: {error}"));
        let secret = match algorithm {
            rsa if is_rsa(rsa) => Secret::Rsa(rsa::pair(algorithm, der)?),
            KeyAlgorithm::Ed25519 => {
                Secret::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(rejected)?)
            }
            other => match algorithm::ecdsa(other) {
                Some(ecdsa) => Secret::Ecdsa(EcdsaKeyPair::from_private_key_der(ecdsa, der).map_err(rejected)?),
                None => return Err(InvalidKey::new(format!("{other} has a shared secret, not a private key"))),
            },
        };
        Ok(Self::new(id, algorithm, secret))
    }

    /// Generates a key from the randomness of the operating system: a secret of 32 bytes (64 for SHA-512), or a key pair, RSA
    /// with 3072 bits.
    ///
    /// # Errors
    ///
    /// If the operating system gives no randomness.
    pub fn generate(id: impl Into<String>, algorithm: KeyAlgorithm) -> Result<Self, InvalidKey> {
        let failed = |_: Unspecified| InvalidKey::new("the operating system gives no randomness");
        let secret = match algorithm {
            rsa if is_rsa(rsa) => Secret::Rsa(RsaKeyPair::generate(KeySize::Rsa3072).map_err(failed)?),
            KeyAlgorithm::Ed25519 => Secret::Ed25519(Ed25519KeyPair::generate().map_err(failed)?),
            other => match algorithm::ecdsa(other) {
                Some(ecdsa) => Secret::Ecdsa(EcdsaKeyPair::generate(ecdsa).map_err(failed)?),
                None => {
                    let length = if other == KeyAlgorithm::HmacSha512 { 64 } else { 32 };
                    let mut bytes = Zeroizing::new(vec![0; length]);
                    aws_lc_rs::rand::fill(&mut bytes).map_err(failed)?;
                    Secret::Shared(bytes)
                }
            },
        };
        Ok(Self::new(id, algorithm, secret))
    }

    pub(crate) fn new(id: impl Into<String>, algorithm: KeyAlgorithm, secret: Secret) -> Self {
        Self(Arc::new(Inner { id: id.into(), algorithm, secret: Arc::new(secret) }))
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0.secret
    }

    /// Returns the same key with another id.
    #[must_use]
    pub fn with_id(&self, id: impl Into<String>) -> Self {
        let Inner { algorithm, secret, .. } = &*self.0;
        Self(Arc::new(Inner { id: id.into(), algorithm: *algorithm, secret: Arc::clone(secret) }))
    }

    /// Returns the id that messages name the key by.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns its algorithm.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.0.algorithm
    }

    /// Returns the key that the other side verifies with: the public key, or the same secret.
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

    /// Signs `message`. An ECDSA signature is `r` followed by `s`; RSA-PSS uses a salt as long as the hash.
    ///
    /// # Panics
    ///
    /// If the operating system gives no randomness.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self.secret() {
            Secret::Shared(secret) => mac(self.0.algorithm, secret, message).as_ref().to_vec(),
            Secret::Ecdsa(pair) => pair.sign(&random, message).expect("randomness").as_ref().to_vec(),
            Secret::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Secret::Rsa(pair) => {
                let encoding = algorithm::rsa_encoding(self.0.algorithm).expect("an RSA key has an RSA algorithm");
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message, &mut signature).expect("randomness");
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
