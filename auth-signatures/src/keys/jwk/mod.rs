//! Keys as JSON: JWK (RFC 7517), with the parameters of RFC 7518 section 6 and RFC 8037.

mod members;
mod pair;

use std::time::Duration;

use auth_runtime::Digest;
use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use zeroize::Zeroizing;

pub(crate) use self::members::{Members, fault_of};
use super::der::{self, Info};
use super::public::{check_bits, is_rsa, parsed_spki, public_key_from_der};
use crate::NotAKey;
use crate::signing_key::check_shared;

/// A key to verify with, from a JWK (RFC 7517): a public key (`kty` is `OKP`, `EC` or `RSA`), or a shared secret (`oct`).
///
/// Its id is `kid`, or else the [thumbprint]. Its algorithm is `alg`, or `algorithm`, which must agree when both are there;
/// with neither, the curve says it where it can. `nbf` and `exp`, whole seconds since the Unix epoch, limit it.
///
/// ```
/// # use auth_runtime::store::KeyAlgorithm;
/// use auth_signatures::keys::key_from_jwk;
///
/// // RFC 8037 appendix A.2 and A.3
/// let key = key_from_jwk(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#, None)?;
/// assert_eq!(key.algorithm(), KeyAlgorithm::Ed25519);
/// assert_eq!(key.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
/// # Ok::<(), auth_signatures::NotAKey>(())
/// ```
///
/// # Errors
///
/// When it is no such key, has the private half, is for something else than signatures (`use`, `key_ops`), or is too short:
/// RSA of less than 2048 bits, a secret of less than 16 bytes. A shared secret without `kid` is an error, too: its thumbprint
/// would be a digest of the secret that everybody sees.
pub fn key_from_jwk(jwk: &str, algorithm: Option<KeyAlgorithm>) -> Result<Key, NotAKey> {
    Members::read(jwk)?.verifying_key(algorithm)
}

/// The public key as a JWK, with `kid` and `alg`.
///
/// # Errors
///
/// When it is a shared secret, which has no public half, or its material is no key of its algorithm.
pub fn to_jwk(key: &Key) -> Result<String, NotAKey> {
    let mut members = Members::of_public(key.algorithm(), key.material())?;
    members.kid = Some(key.id().to_owned());
    members.alg = Some(jws_name(key.algorithm()).to_owned());
    let seconds = |time: Duration| time.as_secs();
    (members.nbf, members.exp) = (key.not_before().map(seconds), key.expires().map(seconds));
    Ok(members.write())
}

/// The thumbprint of a public key (RFC 7638) with SHA-256, in base64url: a name for it that everybody finds alike.
///
/// # Errors
///
/// As [`to_jwk`].
pub fn thumbprint(key: &Key) -> Result<String, NotAKey> {
    Ok(Members::of_public(key.algorithm(), key.material())?.thumbprint())
}

impl Members {
    pub(crate) fn verifying_key(&self, given: Option<KeyAlgorithm>) -> Result<Key, NotAKey> {
        if self.has_private_half() {
            return Err(NotAKey::new(
                "the private key is in it (`d`), which stays with its owner; leave only the public members",
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

    /// The algorithm by `alg`, by what the caller says, or by the curve.
    fn algorithm(&self, given: Option<KeyAlgorithm>) -> Result<KeyAlgorithm, NotAKey> {
        let said = self.alg.as_deref().map(|alg| {
            from_jws_name(alg).ok_or_else(|| {
                NotAKey::new(format!(
                    "`alg` is `{}`; EdDSA, ES256, ES384, PS512, RS256, RS512, HS256 and HS512 are known",
                    alg.escape_debug()
                ))
            })
        });
        let said = said.transpose()?;
        let algorithm = match (said, given) {
            (Some(said), Some(given)) if said != given => {
                return Err(NotAKey::new(format!("`alg` says {said}, and {given} was asked for")));
            }
            (Some(algorithm), _) | (None, Some(algorithm)) => algorithm,
            (None, None) => self.algorithm_of_curve().ok_or_else(|| {
                NotAKey::new("`alg` is missing; add it, such as \"PS512\" for RSA or \"HS256\" for a secret")
            })?,
        };
        let (kty, crv) = shape(algorithm);
        if self.kty.as_deref() != Some(kty) || (crv.is_some() && self.crv.as_deref() != crv) {
            let crv = crv.map(|crv| format!(" and `crv` \"{crv}\"")).unwrap_or_default();
            return Err(NotAKey::new(format!("a key of {algorithm} has `kty` \"{kty}\"{crv}")));
        }
        Ok(algorithm)
    }

    fn algorithm_of_curve(&self) -> Option<KeyAlgorithm> {
        [KeyAlgorithm::Ed25519, KeyAlgorithm::EcdsaP256Sha256, KeyAlgorithm::EcdsaP384Sha384]
            .into_iter()
            .find(|algorithm| shape(*algorithm) == (self.kty.as_deref().unwrap_or_default(), self.crv.as_deref()))
    }

    /// An error when the key says that it is for something else.
    fn check_use(&self, operation: &str) -> Result<(), NotAKey> {
        if self.r#use.as_ref().is_some_and(|r#use| r#use != "sig") {
            return Err(NotAKey::new("`use` says that the key is not for signatures"));
        }
        if self.key_ops.as_ref().is_some_and(|operations| !operations.iter().any(|one| one == operation)) {
            return Err(NotAKey::new(format!("`key_ops` does not have \"{operation}\"")));
        }
        Ok(())
    }

    /// `kid`, or the thumbprint of a public key.
    fn id(&self) -> Result<String, NotAKey> {
        match &self.kid {
            Some(kid) if kid.is_empty() => Err(NotAKey::new("`kid` is empty")),
            Some(kid) => Ok(kid.clone()),
            None if self.kty.as_deref() == Some("oct") => Err(NotAKey::new("a shared secret needs a `kid`")),
            None => Ok(self.thumbprint()),
        }
    }

    fn secret(&self, algorithm: KeyAlgorithm) -> Result<Zeroizing<Vec<u8>>, NotAKey> {
        let secret = decode("k", self.k.as_deref().map(String::as_str))?;
        check_shared(algorithm, &secret)?;
        Ok(secret)
    }

    fn spki(&self, algorithm: KeyAlgorithm) -> Result<Zeroizing<Vec<u8>>, NotAKey> {
        if is_rsa(algorithm) {
            let components = self.rsa_components()?;
            let der: PublicKeyX509Der<'_> =
                components.as_der().map_err(|_| NotAKey::new("`n` and `e` are no RSA key"))?;
            // Whether it is a good one is looked at where it is read.
            let key = public_key_from_der("", algorithm, der.as_ref())?;
            return Ok(Zeroizing::new(key.material().to_vec()));
        }
        parsed_spki(algorithm, &self.point(algorithm)?)
    }

    fn rsa_components(&self) -> Result<rsa::PublicKeyComponents<Vec<u8>>, NotAKey> {
        let number = |name, text: &Option<String>| decode(name, text.as_deref()).map(|bytes| bytes.to_vec());
        let (n, e) = (number("n", &self.n)?, number("e", &self.e)?);
        check_bits(&n)?;
        Ok(rsa::PublicKeyComponents { n, e })
    }

    /// The public key as its curve writes it: 32 bytes of Ed25519 (RFC 8032), or an uncompressed point (SEC 1 section 2.3.3).
    fn point(&self, algorithm: KeyAlgorithm) -> Result<Vec<u8>, NotAKey> {
        let length = coordinate_length(algorithm);
        let x = decode_of_length("x", self.x.as_deref(), length)?;
        if algorithm == KeyAlgorithm::Ed25519 {
            return Ok(x.to_vec());
        }
        let y = decode_of_length("y", self.y.as_deref(), length)?;
        Ok([&[UNCOMPRESSED], x.as_slice(), y.as_slice()].concat())
    }

    /// The members of a public key, but for `kid` and `alg`.
    fn of_public(algorithm: KeyAlgorithm, spki: &[u8]) -> Result<Self, NotAKey> {
        if algorithm.is_symmetric() {
            return Err(NotAKey::new("a shared secret has no public half"));
        }
        let no_key = || NotAKey::new(format!("the material is no public key of {algorithm}"));
        let key = Info::public(spki).ok_or_else(no_key)?.key;
        let (kty, crv) = shape(algorithm);
        let mut members = Self { kty: Some(kty.to_owned()), crv: crv.map(str::to_owned), ..Self::default() };
        let length = coordinate_length(algorithm);
        if is_rsa(algorithm) {
            let (n, e) = der::rsa_public(key).ok_or_else(no_key)?;
            (members.n, members.e) = (Some(encode(n)), Some(encode(e)));
        } else if algorithm == KeyAlgorithm::Ed25519 && key.len() == length {
            members.x = Some(encode(key));
        } else if let [UNCOMPRESSED, point @ ..] = key
            && point.len() == 2 * length
        {
            let (x, y) = point.split_at(length);
            (members.x, members.y) = (Some(encode(x)), Some(encode(y)));
        } else {
            return Err(no_key());
        }
        Ok(members)
    }

    /// RFC 7638 section 3: the members that make the key, by name, without a space.
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

/// Before the two coordinates of a point (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// `kty` and `crv` of a key.
fn shape(algorithm: KeyAlgorithm) -> (&'static str, Option<&'static str>) {
    match algorithm {
        KeyAlgorithm::Ed25519 => ("OKP", Some("Ed25519")),
        KeyAlgorithm::EcdsaP256Sha256 => ("EC", Some("P-256")),
        KeyAlgorithm::EcdsaP384Sha384 => ("EC", Some("P-384")),
        rsa if is_rsa(rsa) => ("RSA", None),
        _ => ("oct", None),
    }
}

fn coordinate_length(algorithm: KeyAlgorithm) -> usize {
    if algorithm == KeyAlgorithm::EcdsaP384Sha384 { 48 } else { 32 }
}

/// Of the registry "JSON Web Signature and Encryption Algorithms" (RFC 7518, RFC 8037).
fn jws_name(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::EcdsaP256Sha256 => "ES256",
        KeyAlgorithm::EcdsaP384Sha384 => "ES384",
        KeyAlgorithm::Ed25519 => "EdDSA",
        KeyAlgorithm::HmacSha256 => "HS256",
        KeyAlgorithm::HmacSha512 => "HS512",
        KeyAlgorithm::RsaPssSha512 => "PS512",
        KeyAlgorithm::RsaV15Sha256 => "RS256",
        KeyAlgorithm::RsaV15Sha512 => "RS512",
        // Registered as prohibited for JOSE, and Hawk's oldest clients have nothing else.
        _ => "HS1",
    }
}

fn from_jws_name(name: &str) -> Option<KeyAlgorithm> {
    // RFC 9864 calls by the curve's name what RFC 8037 called by that of the family.
    let name = if name == "Ed25519" { "EdDSA" } else { name };
    KeyAlgorithm::ALL.into_iter().find(|algorithm| jws_name(*algorithm) == name)
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn decode(name: &str, text: Option<&str>) -> Result<Zeroizing<Vec<u8>>, NotAKey> {
    let text = text.ok_or_else(|| NotAKey::new(format!("`{name}` is missing")))?;
    let bytes = Base64UrlUnpadded::decode_vec(text);
    bytes.map(Zeroizing::new).map_err(|_| NotAKey::new(format!("`{name}` is no base64url without padding")))
}

fn decode_of_length(name: &str, text: Option<&str>, length: usize) -> Result<Zeroizing<Vec<u8>>, NotAKey> {
    let bytes = decode(name, text)?;
    if bytes.len() == length {
        return Ok(bytes);
    }
    Err(NotAKey::new(format!("`{name}` has {length} bytes, and this one {}", bytes.len())))
}
