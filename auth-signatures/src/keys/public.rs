//! What a server verifies with: public keys and shared secrets.

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::ParsedPublicKey;
use zeroize::Zeroizing;

use super::der::{self, Info};
use super::pem;
use crate::{NotAKey, SigningKey, crypto};

/// A public key in PEM (RFC 7468): `PUBLIC KEY`, or `RSA PUBLIC KEY` (RFC 8017). Text around it may be in any encoding.
///
/// # Errors
///
/// When it is none of the algorithm, is a private one, or an RSA key of less than 2048 bits.
pub fn public_key_from_pem(
    id: impl Into<String>,
    algorithm: KeyAlgorithm,
    pem: impl AsRef<[u8]>,
) -> Result<Key, NotAKey> {
    let block = pem::read(pem.as_ref())?;
    match block.label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => public_key_from_der(id, algorithm, &block.der),
        label if label.ends_with("PRIVATE KEY") => Err(NotAKey::new(
            "that is a private key, which stays with its owner; take its public half with `openssl pkey -pubout`",
        )),
        "CERTIFICATE" => {
            Err(NotAKey::new("that is a certificate; take its key with `openssl x509 -pubkey -noout -in FILE`"))
        }
        label => Err(NotAKey::new(format!("`{label}` is no public key; `PUBLIC KEY` is"))),
    }
}

/// A public key in DER: `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7), for RSA `RSAPublicKey` (RFC 8017), too.
///
/// # Errors
///
/// When it is none of the algorithm, or an RSA key of less than 2048 bits.
pub fn public_key_from_der(id: impl Into<String>, algorithm: KeyAlgorithm, der: &[u8]) -> Result<Key, NotAKey> {
    let spki = match crypto::public_algorithm(algorithm) {
        None => return Err(NotAKey::new(format!("{algorithm} has a shared secret, no public key"))),
        Some(_) if is_rsa(algorithm) => rsa_spki(algorithm, der)?,
        Some(_) if Info::public(der).is_none() => return Err(no_public(algorithm)),
        Some(_) => parsed_spki(algorithm, der)?,
    };
    Ok(Key::new(id, algorithm, spki, None, None))
}

/// A shared secret, as it is: at least 16 bytes, better 32 random ones.
///
/// # Errors
///
/// When the algorithm has key pairs, or the secret is too short to be one.
pub fn shared_secret(id: impl Into<String>, algorithm: KeyAlgorithm, secret: &[u8]) -> Result<Key, NotAKey> {
    SigningKey::shared(id, algorithm, secret).map(|key| key.verifying_key())
}

pub(crate) fn is_rsa(algorithm: KeyAlgorithm) -> bool {
    matches!(algorithm, KeyAlgorithm::RsaPssSha512 | KeyAlgorithm::RsaV15Sha256 | KeyAlgorithm::RsaV15Sha512)
}

/// How many bytes the modulus has of an RSA key in the form that stores keep.
pub(crate) fn modulus_len(spki: &[u8]) -> Option<usize> {
    let (modulus, _) = der::rsa_public(Info::public(spki)?.key)?;
    Some(modulus.len())
}

fn no_public(algorithm: KeyAlgorithm) -> NotAKey {
    NotAKey::new(format!("that is no public key of {algorithm}"))
}

/// The key in the one form that stores keep, from `SubjectPublicKeyInfo`, a point of the curve or 32 bytes of Ed25519.
pub(super) fn parsed_spki(algorithm: KeyAlgorithm, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotAKey> {
    let verification = crypto::public_algorithm(algorithm).ok_or_else(|| no_public(algorithm))?;
    let key = ParsedPublicKey::new(verification, bytes).map_err(|_| no_public(algorithm))?;
    let spki = key.as_der().map_err(|_| no_public(algorithm))?;
    Ok(Zeroizing::new(spki.as_ref().to_vec()))
}

/// The same for RSA. What says that it is for RSASSA-PSS alone is kept as any other: its algorithm is said beside it.
fn rsa_spki(algorithm: KeyAlgorithm, der: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotAKey> {
    let info = Info::public(der);
    if let Some(info) = &info {
        check_pss(algorithm, info)?;
    }
    let bare = info.filter(Info::is_for_pss_alone).map_or(der, |info| info.key);
    let key = rsa::PublicKey::from_der(bare).map_err(|_| no_public(algorithm))?;
    let (modulus, _) = der::rsa_public(key.as_ref()).ok_or_else(|| no_public(algorithm))?;
    check_bits(modulus)?;
    let spki = key.as_der().map_err(|_| no_public(algorithm))?;
    Ok(Zeroizing::new(spki.as_ref().to_vec()))
}

pub(crate) fn check_bits(modulus: &[u8]) -> Result<(), NotAKey> {
    match der::bits(modulus) {
        2048..=8192 => Ok(()),
        bits => Err(NotAKey::new(format!("an RSA key has 2048 to 8192 bits, and this one {bits}"))),
    }
}

/// An error when a key says that it may not be used like this.
pub(crate) fn check_pss(algorithm: KeyAlgorithm, info: &Info<'_>) -> Result<(), NotAKey> {
    if !info.is_for_pss_alone() {
        return Ok(());
    }
    if algorithm != KeyAlgorithm::RsaPssSha512 {
        return Err(NotAKey::new(format!("the key says that it is for RSASSA-PSS alone, not for {algorithm}")));
    }
    if !info.allows_pss_sha512() {
        return Err(NotAKey::new("the key says that it is for RSASSA-PSS with another hash function than SHA-512"));
    }
    Ok(())
}
