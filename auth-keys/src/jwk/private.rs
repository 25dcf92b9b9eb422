//! Private keys as JWK.

use auth_runtime::store::KeyAlgorithm;
use aws_lc_rs::encoding::{AsBigEndian, AsDer, Curve25519SeedBin, EcPrivateKeyBin, Pkcs8V1Der};
use aws_lc_rs::rsa::KeyPairComponents;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use zeroize::Zeroizing;

use super::members::{Hidden, Members};
use super::name;
use super::public::{coordinate_length, thumbprint, to_jwk};
use crate::algorithm::{self, is_rsa};
use crate::base64url::{decode, decode_exact, encode};
use crate::der::{self, Info};
use crate::error::InvalidKey;
use crate::signing_key::{Secret, SigningKey};

impl SigningKey {
    /// [Generates](Self::generate) a key with a unique id: the thumbprint (RFC 7638) of a key pair, or 16 random bytes in
    /// base64url for a secret, since anyone could use the thumbprint of a secret to test guesses.
    ///
    /// # Errors
    ///
    /// If the operating system gives no randomness.
    pub fn generate_named(algorithm: KeyAlgorithm) -> Result<Self, InvalidKey> {
        let key = Self::generate("", algorithm)?;
        let id = if algorithm.is_symmetric() {
            let mut random = [0; 16];
            let filled = aws_lc_rs::rand::fill(&mut random);
            filled.map_err(|_| InvalidKey::new("the operating system gives no randomness"))?;
            encode(&random)
        } else {
            thumbprint(&key.verifying_key())?
        };
        Ok(key.with_id(id))
    }

    /// Reads a private key or a shared secret from a JWK (RFC 7517) with all its members, for RSA with the primes.
    ///
    /// Id and algorithm are as for [`key_from_jwk`](crate::key_from_jwk).
    ///
    /// # Errors
    ///
    /// If the JWK is not a private key or shared secret, has only the public half, or is too short.
    pub fn from_jwk(jwk: &str, algorithm: Option<KeyAlgorithm>) -> Result<Self, InvalidKey> {
        Members::read(jwk)?.signing_key(algorithm)
    }

    /// Writes the public half as a JWK, with `kid` and `alg`.
    ///
    /// # Errors
    ///
    /// If it is a shared secret, which has no public half.
    pub fn to_public_jwk(&self) -> Result<String, InvalidKey> {
        to_jwk(&self.verifying_key())
    }

    /// Writes the whole key as a JWK, with `kid` and `alg`. It is a secret: anyone who has it can sign.
    ///
    /// # Panics
    ///
    /// Never: a key that was parsed can be written.
    pub fn to_private_jwk(&self) -> Zeroizing<String> {
        Zeroizing::new(Members::of_private(self).write())
    }
}

impl Members {
    /// Returns all members of a private key or shared secret.
    pub(crate) fn of_private(key: &SigningKey) -> Self {
        let mut members = match key.secret() {
            Secret::Shared(secret) => {
                Self { kty: Some("oct".to_owned()), k: Some(Hidden::of(secret)), ..Self::default() }
            }
            _ => Self::of_public(key.algorithm(), key.verifying_key().material()).expect("its own public half"),
        };
        members.kid = Some(key.id().to_owned());
        members.alg = Some(name::name(key.algorithm()).to_owned());
        members.take_pair(key.secret());
        members
    }

    /// Reads a private key or shared secret.
    pub(crate) fn signing_key(&self, algorithm: Option<KeyAlgorithm>) -> Result<SigningKey, InvalidKey> {
        self.check_use("sign")?;
        let algorithm = self.algorithm(algorithm)?;
        let secret = if algorithm.is_symmetric() {
            Secret::Shared(self.secret(algorithm)?)
        } else if self.d.is_none() {
            return Err(InvalidKey::new("it contains only the public key, which cannot sign; give the private one"));
        } else {
            self.pair(algorithm)?
        };
        Ok(SigningKey::new(self.id()?, algorithm, secret))
    }

    fn pair(&self, algorithm: KeyAlgorithm) -> Result<Secret, InvalidKey> {
        let rejected = |error: aws_lc_rs::error::KeyRejected| {
            InvalidKey::new(format!("the members are not a private key for {algorithm}: {error}"))
        };
        if is_rsa(algorithm) {
            if self.oth.is_some() {
                return Err(InvalidKey::new("RSA keys of more than two primes (`oth`) are not supported"));
            }
            let number = |name, text: &Option<Hidden>| decode(name, text.as_deref().map(String::as_str));
            #[allow(non_snake_case)]
            let components = KeyPairComponents {
                public_key: self.rsa_components()?,
                d: number("d", &self.d)?,
                p: number("p", &self.p)?,
                q: number("q", &self.q)?,
                dP: number("dp", &self.dp)?,
                dQ: number("dq", &self.dq)?,
                qInv: number("qi", &self.qi)?,
            };
            return Ok(Secret::Rsa(RsaKeyPair::from_components(&components).map_err(rejected)?));
        }
        let d = decode_exact("d", self.d.as_deref().map(String::as_str), coordinate_length(algorithm))?;
        let point = self.point(algorithm)?;
        if algorithm == KeyAlgorithm::Ed25519 {
            return Ok(Secret::Ed25519(Ed25519KeyPair::from_seed_and_public_key(&d, &point).map_err(rejected)?));
        }
        let ecdsa = algorithm::ecdsa(algorithm).ok_or_else(|| InvalidKey::new("not an algorithm of key pairs"))?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(ecdsa, &d, &point);
        Ok(Secret::Ecdsa(pair.map_err(rejected)?))
    }

    /// Adds the private members of a key pair.
    fn take_pair(&mut self, secret: &Secret) {
        const WRITTEN: &str = "a parsed key can be written";
        match secret {
            Secret::Shared(_) => {}
            Secret::Ecdsa(pair) => {
                let d: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().expect(WRITTEN);
                self.d = Some(Hidden::of(d.as_ref()));
            }
            Secret::Ed25519(pair) => {
                let d: Curve25519SeedBin<'_> = pair.seed().expect(WRITTEN).as_be_bytes().expect(WRITTEN);
                self.d = Some(Hidden::of(d.as_ref()));
            }
            Secret::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().expect(WRITTEN);
                let key = Info::private(der.as_ref()).expect(WRITTEN).key;
                let [_, _, rest @ ..] = der::rsa_private(key).expect(WRITTEN);
                [self.d, self.p, self.q, self.dp, self.dq, self.qi] = rest.map(|number| Some(Hidden::of(number)));
            }
        }
    }
}
