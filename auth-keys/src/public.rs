//! Keys that verify: public keys and shared secrets.

use auth_runtime::store::{Key, KeyAlgorithm};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::PublicKey;
use aws_lc_rs::signature::ParsedPublicKey;
use zeroize::Zeroizing;

use crate::algorithm::{self, is_rsa};
use crate::der::{self, Info};
use crate::error::InvalidKey;
use crate::rsa::{check_bits, check_pss};
use crate::{pem, secret};

/// Reads a public key in PEM (RFC 7468): `PUBLIC KEY`, or `RSA PUBLIC KEY` (RFC 8017). Text around it may be in any encoding.
///
/// # Errors
///
/// If it is not a public key for the algorithm, or is an RSA key of less than 2048 bits.
pub fn public_key_from_pem(
    id: impl Into<String>,
    algorithm: KeyAlgorithm,
    pem: impl AsRef<[u8]>,
) -> Result<Key, InvalidKey> {
    let block = pem::read(pem.as_ref())?;
    match block.label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => public_key_from_der(id, algorithm, &block.der),
        label if label.ends_with("PRIVATE KEY") => Err(InvalidKey::new(
            "that is a private key, which stays with its owner; take its public half with `openssl pkey -pubout`",
        )),
        "CERTIFICATE" => {
            Err(InvalidKey::new("that is a certificate; take its key with `openssl x509 -pubkey -noout -in FILE`"))
        }
        label => Err(InvalidKey::new(format!("`{label}` is not a public key; `PUBLIC KEY` is"))),
    }
}

/// Reads a public key in DER: `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7), or for RSA `RSAPublicKey` (RFC 8017).
///
/// # Errors
///
/// If it is not a public key for the algorithm, or is an RSA key of less than 2048 bits.
pub fn public_key_from_der(id: impl Into<String>, algorithm: KeyAlgorithm, der: &[u8]) -> Result<Key, InvalidKey> {
    let spki = match algorithm::verification(algorithm) {
        None => return Err(InvalidKey::new(format!("{algorithm} has a shared secret, not a public key"))),
        Some(_) if is_rsa(algorithm) => rsa_spki(algorithm, der)?,
        Some(_) if Info::public(der).is_none() => return Err(not_public(algorithm)),
        Some(_) => parsed_spki(algorithm, der)?,
    };
    Ok(Key::new(id, algorithm, spki, None, None))
}

/// Creates a key from the bytes of a shared secret: at least 16 bytes, preferably 32 random ones.
///
/// # Errors
///
/// If the algorithm has key pairs, or the secret is too short.
pub fn shared_secret(id: impl Into<String>, algorithm: KeyAlgorithm, secret: &[u8]) -> Result<Key, InvalidKey> {
    secret::check(algorithm, secret)?;
    Ok(Key::new(id, algorithm, Zeroizing::new(secret.to_vec()), None, None))
}

fn not_public(algorithm: KeyAlgorithm) -> InvalidKey {
    InvalidKey::new(format!("not a public key for {algorithm}"))
}

/// Reads `SubjectPublicKeyInfo`, a point of the curve or 32 bytes of Ed25519, and returns the key in the one format that stores
/// use.
pub(crate) fn parsed_spki(algorithm: KeyAlgorithm, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
    let verification = algorithm::verification(algorithm).ok_or_else(|| not_public(algorithm))?;
    let key = ParsedPublicKey::new(verification, bytes).map_err(|_| not_public(algorithm))?;
    let spki = key.as_der().map_err(|_| not_public(algorithm))?;
    Ok(Zeroizing::new(spki.as_ref().to_vec()))
}

/// Does the same for RSA. A key that is restricted to RSASSA-PSS is stored like any other, since its algorithm is stored beside
/// it.
fn rsa_spki(algorithm: KeyAlgorithm, der: &[u8]) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
    let info = Info::public(der);
    if let Some(info) = &info {
        check_pss(algorithm, info)?;
    }
    let bare = info.filter(Info::is_for_pss_alone).map_or(der, |info| info.key);
    let key = PublicKey::from_der(bare).map_err(|_| not_public(algorithm))?;
    let (modulus, _) = der::rsa_public(key.as_ref()).ok_or_else(|| not_public(algorithm))?;
    check_bits(modulus)?;
    let spki = key.as_der().map_err(|_| not_public(algorithm))?;
    Ok(Zeroizing::new(spki.as_ref().to_vec()))
}
