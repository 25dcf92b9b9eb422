//! Public keys and shared secrets as JSON: JWK (RFC 7517), with the parameters of RFC 7518 section 6 and RFC 8037.

use std::time::Duration;

use auth_runtime::Digest;
use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa;
use zeroize::Zeroizing;

use super::members::Members;
use super::name;
use crate::algorithm::{RSA, is_rsa};
use crate::base64url::{decode, decode_exact, encode};
use crate::der::{self, Info};
use crate::error::InvalidKey;
use crate::public::{parsed_spki, public_key_from_der};
use crate::rsa::check_bits;
use crate::secret;

/// Reads a key to verify with from a JWK (RFC 7517): a public key (`kty` is `OKP`, `EC` or `RSA`), or a shared secret (`oct`).
///
/// Its id is `kid`, or else the [thumbprint]. Its algorithm is `alg`, or `algorithm`, which must agree if both are given.
/// Without either, the curve decides where it can. `nbf` and `exp`, whole seconds since the Unix epoch, limit its validity.
///
/// ```
/// # use auth_runtime::store::KeyAlgorithm;
/// use auth_keys::key_from_jwk;
///
/// // RFC 8037 appendix A.2 and A.3
/// let key = key_from_jwk(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#, None)?;
/// assert_eq!(key.algorithm(), KeyAlgorithm::Ed25519);
/// assert_eq!(key.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
/// # Ok::<(), auth_keys::InvalidKey>(())
/// ```
///
/// # Errors
///
/// If the JWK is not such a key, has the private half, is not for signatures (`use`, `key_ops`), or is too short: RSA with less
/// than 2048 bits, or a secret with less than 16 bytes. A shared secret without `kid` is an error as well, since its thumbprint
/// would be a public digest of the secret.
pub fn key_from_jwk(jwk: &str, algorithm: Option<KeyAlgorithm>) -> Result<Key, InvalidKey> {
    Members::read(jwk)?.verifying_key(algorithm)
}

/// Reads keys to verify with from a JWK that may be an RSA key without an algorithm. `alg` is optional (RFC 7517 section 4.4), and
/// an RSA key without it gives a key for each of `rsa_algorithms`, all with one id. Every other JWK gives one key.
///
/// The caller chooses the algorithms, and a message cannot: the algorithm that it names can only select one of the keys.
///
/// ```
/// use auth_keys::keys_from_jwk;
/// use auth_runtime::store::KeyAlgorithm::{RsaPssSha256, RsaV15Sha256};
///
/// # let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
/// # let jwk = format!(r#"{{"kty": "RSA", "kid": "2011-04-29", "e": "AQAB", "n": "{n}"}}"#);
/// let keys = keys_from_jwk(&jwk, &[RsaV15Sha256, RsaPssSha256])?;
/// assert_eq!(keys.iter().map(|key| key.algorithm()).collect::<Vec<_>>(), [RsaV15Sha256, RsaPssSha256]);
/// # Ok::<(), auth_keys::InvalidKey>(())
/// ```
///
/// # Errors
///
/// Fails as [`key_from_jwk`] does, if an RSA key has no algorithm and none is given, or if a given algorithm is not for RSA
/// keys.
pub fn keys_from_jwk(jwk: &str, rsa_algorithms: &[KeyAlgorithm]) -> Result<Vec<Key>, InvalidKey> {
    Members::read(jwk)?.verifying_keys(rsa_algorithms)
}

/// Writes a public key as a JWK, with `kid` and `alg`.
///
/// # Errors
///
/// If it is a shared secret, which has no public half, or its material is not a key for its algorithm.
pub fn to_jwk(key: &Key) -> Result<String, InvalidKey> {
    let mut members = Members::of_public(key.algorithm(), key.material())?;
    members.kid = Some(key.id().to_owned());
    members.alg = Some(name::name(key.algorithm()).to_owned());
    let seconds = |time: Duration| time.as_secs();
    (members.nbf, members.exp) = (key.not_before().map(seconds), key.expires().map(seconds));
    Ok(members.write())
}

/// Computes the thumbprint of a public key (RFC 7638) with SHA-256, in base64url: an id that everyone computes in the same way.
///
/// # Errors
///
/// Fails as [`to_jwk`] does.
pub fn thumbprint(key: &Key) -> Result<String, InvalidKey> {
    Ok(Members::of_public(key.algorithm(), key.material())?.thumbprint())
}

impl Members {
    pub(crate) fn verifying_key(&self, given: Option<KeyAlgorithm>) -> Result<Key, InvalidKey> {
        if self.has_private_half() {
            return Err(InvalidKey::new(
                "it contains the private key (`d`), which stays with its owner; leave only the public members",
            ));
        }
        self.check_use("verify")?;
        let algorithm = self.algorithm(given)?;
        let material = match algorithm {
            symmetric if symmetric.is_symmetric() => self.secret(symmetric)?,
            pair => self.spki(pair)?,
        };
        let id = self.id()?;
        let seconds = |seconds: u64| Duration::from_secs(seconds);
        Ok(Key::new(id, algorithm, material, self.nbf.map(seconds), self.exp.map(seconds)))
    }

    /// Reads one key, or one for each of `rsa_algorithms` if the JWK is an RSA key without an algorithm.
    pub(super) fn verifying_keys(&self, rsa_algorithms: &[KeyAlgorithm]) -> Result<Vec<Key>, InvalidKey> {
        if self.alg.is_some() || self.kty.as_deref() != Some(shape(RSA[0]).0) {
            return Ok(vec![self.verifying_key(None)?]);
        }
        if let Some(other) = rsa_algorithms.iter().find(|algorithm| !is_rsa(**algorithm)) {
            return Err(InvalidKey::new(format!("{other} is not an algorithm of RSA keys")));
        }
        if rsa_algorithms.is_empty() {
            return Err(InvalidKey::new("`alg` is missing, and no algorithm was chosen for RSA keys without it"));
        }
        let mut keys: Vec<Key> = Vec::with_capacity(rsa_algorithms.len());
        for algorithm in rsa_algorithms {
            if keys.iter().all(|key| key.algorithm() != *algorithm) {
                keys.push(self.verifying_key(Some(*algorithm))?);
            }
        }
        Ok(keys)
    }

    /// Returns the algorithm from `alg`, from the caller, or from the curve.
    pub(super) fn algorithm(&self, given: Option<KeyAlgorithm>) -> Result<KeyAlgorithm, InvalidKey> {
        let named = self.alg.as_deref().map(|alg| {
            name::from_name(alg).ok_or_else(|| {
                InvalidKey::new(format!(
                    "`alg` is `{}`; EdDSA, ES256, ES384, PS256, PS512, RS256, RS512, HS256 and HS512 are known",
                    alg.escape_debug()
                ))
            })
        });
        let named = named.transpose()?;
        let algorithm = match (named, given) {
            (Some(named), Some(given)) if named != given => {
                return Err(InvalidKey::new(format!("`alg` says {named}, and {given} was asked for")));
            }
            (Some(algorithm), _) | (None, Some(algorithm)) => algorithm,
            (None, None) => self.algorithm_of_curve().ok_or_else(|| {
                InvalidKey::new("`alg` is missing; add it, such as \"PS256\" for RSA or \"HS256\" for a secret")
            })?,
        };
        let (kty, crv) = shape(algorithm);
        if self.kty.as_deref() != Some(kty) || (crv.is_some() && self.crv.as_deref() != crv) {
            let crv = crv.map(|crv| format!(" and `crv` \"{crv}\"")).unwrap_or_default();
            return Err(InvalidKey::new(format!("a key for {algorithm} has `kty` \"{kty}\"{crv}")));
        }
        Ok(algorithm)
    }

    fn algorithm_of_curve(&self) -> Option<KeyAlgorithm> {
        [KeyAlgorithm::Ed25519, KeyAlgorithm::EcdsaP256Sha256, KeyAlgorithm::EcdsaP384Sha384]
            .into_iter()
            .find(|algorithm| shape(*algorithm) == (self.kty.as_deref().unwrap_or_default(), self.crv.as_deref()))
    }

    /// Returns an error if the key is restricted to another use.
    pub(super) fn check_use(&self, operation: &str) -> Result<(), InvalidKey> {
        if self.r#use.as_ref().is_some_and(|r#use| r#use != "sig") {
            return Err(InvalidKey::new("`use` says that the key is not for signatures"));
        }
        if self.key_ops.as_ref().is_some_and(|operations| !operations.iter().any(|one| one == operation)) {
            return Err(InvalidKey::new(format!("`key_ops` does not have \"{operation}\"")));
        }
        Ok(())
    }

    /// Returns `kid`, or the thumbprint of a public key.
    pub(super) fn id(&self) -> Result<String, InvalidKey> {
        match &self.kid {
            Some(kid) if kid.is_empty() => Err(InvalidKey::new("`kid` is empty")),
            Some(kid) => Ok(kid.clone()),
            None if self.is_symmetric() => Err(InvalidKey::new("a shared secret needs a `kid`")),
            None => Ok(self.thumbprint()),
        }
    }

    pub(super) fn secret(&self, algorithm: KeyAlgorithm) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
        let secret = decode("k", self.k.as_deref().map(String::as_str))?;
        secret::check(algorithm, &secret)?;
        Ok(secret)
    }

    fn spki(&self, algorithm: KeyAlgorithm) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
        if is_rsa(algorithm) {
            let components = self.rsa_components()?;
            let der: PublicKeyX509Der<'_> =
                components.as_der().map_err(|_| InvalidKey::new("`n` and `e` are not an RSA key"))?;
            // `public_key_from_der` checks whether the key is good enough.
            let key = public_key_from_der("", algorithm, der.as_ref())?;
            return Ok(Zeroizing::new(key.material().to_vec()));
        }
        parsed_spki(algorithm, &self.point(algorithm)?)
    }

    pub(super) fn rsa_components(&self) -> Result<rsa::PublicKeyComponents<Vec<u8>>, InvalidKey> {
        let number = |name, text: &Option<String>| decode(name, text.as_deref()).map(|bytes| bytes.to_vec());
        let (n, e) = (number("n", &self.n)?, number("e", &self.e)?);
        check_bits(&n)?;
        Ok(rsa::PublicKeyComponents { n, e })
    }

    /// Returns the public key in the format of its curve: 32 bytes for Ed25519 (RFC 8032), or an uncompressed point (SEC 1
    /// section 2.3.3).
    pub(super) fn point(&self, algorithm: KeyAlgorithm) -> Result<Vec<u8>, InvalidKey> {
        let length = coordinate_length(algorithm);
        let x = decode_exact("x", self.x.as_deref(), length)?;
        if algorithm == KeyAlgorithm::Ed25519 {
            return Ok(x.to_vec());
        }
        let y = decode_exact("y", self.y.as_deref(), length)?;
        Ok([&[UNCOMPRESSED], x.as_slice(), y.as_slice()].concat())
    }

    /// Returns the members of a public key, without `kid` and `alg`.
    pub(super) fn of_public(algorithm: KeyAlgorithm, spki: &[u8]) -> Result<Self, InvalidKey> {
        if algorithm.is_symmetric() {
            return Err(InvalidKey::new("a shared secret has no public half"));
        }
        let not_a_key = || InvalidKey::new(format!("the material is not a public key for {algorithm}"));
        let key = Info::public(spki).ok_or_else(not_a_key)?.key;
        let (kty, crv) = shape(algorithm);
        let mut members = Self { kty: Some(kty.to_owned()), crv: crv.map(str::to_owned), ..Self::default() };
        let length = coordinate_length(algorithm);
        if is_rsa(algorithm) {
            let (n, e) = der::rsa_public(key).ok_or_else(not_a_key)?;
            (members.n, members.e) = (Some(encode(n)), Some(encode(e)));
        } else if algorithm == KeyAlgorithm::Ed25519 && key.len() == length {
            members.x = Some(encode(key));
        } else if let [UNCOMPRESSED, point @ ..] = key
            && point.len() == 2 * length
        {
            let (x, y) = point.split_at(length);
            (members.x, members.y) = (Some(encode(x)), Some(encode(y)));
        } else {
            return Err(not_a_key());
        }
        Ok(members)
    }

    /// Returns the members of a public key that may be published, without its validity period.
    pub(crate) fn of_published(key: &Key) -> Result<Self, InvalidKey> {
        let mut members = Self::of_public(key.algorithm(), key.material())?;
        members.kid = Some(key.id().to_owned());
        members.alg = Some(name::name(key.algorithm()).to_owned());
        members.r#use = Some("sig".to_owned());
        Ok(members)
    }

    /// Returns the required members of the key, sorted by name and without spaces, for a thumbprint (RFC 7638 section 3).
    fn thumbprint(&self) -> String {
        let required = Self {
            kty: self.kty.clone(),
            crv: self.crv.clone(),
            x: self.x.clone(),
            y: self.y.clone(),
            n: self.n.clone(),
            e: self.e.clone(),
            ..Self::default()
        };
        encode(Digest::of(required.write().as_bytes()).as_bytes())
    }
}

/// The byte before the two coordinates of a point (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Returns `kty` and `crv` of a key.
fn shape(algorithm: KeyAlgorithm) -> (&'static str, Option<&'static str>) {
    match algorithm {
        KeyAlgorithm::Ed25519 => ("OKP", Some("Ed25519")),
        KeyAlgorithm::EcdsaP256Sha256 => ("EC", Some("P-256")),
        KeyAlgorithm::EcdsaP384Sha384 => ("EC", Some("P-384")),
        rsa if is_rsa(rsa) => ("RSA", None),
        _ => ("oct", None),
    }
}

pub(super) fn coordinate_length(algorithm: KeyAlgorithm) -> usize {
    if algorithm == KeyAlgorithm::EcdsaP384Sha384 { 48 } else { 32 }
}
