//! RSA keys: their length, and their restrictions to RSASSA-PSS.

use auth_runtime::store::KeyAlgorithm;
use aws_lc_rs::signature::RsaKeyPair;

use crate::der::{self, Info, PssHash};
use crate::error::InvalidKey;

pub(crate) fn check_bits(modulus: &[u8]) -> Result<(), InvalidKey> {
    match der::bits(modulus) {
        2048..=8192 => Ok(()),
        bits => Err(InvalidKey::new(format!("an RSA key has 2048 to 8192 bits, and this one {bits}"))),
    }
}

/// Returns an error if the key itself forbids this algorithm.
pub(crate) fn check_pss(algorithm: KeyAlgorithm, info: &Info<'_>) -> Result<(), InvalidKey> {
    if !info.is_for_pss_alone() {
        return Ok(());
    }
    let hash = match algorithm {
        KeyAlgorithm::RsaPssSha256 => PssHash::Sha256,
        KeyAlgorithm::RsaPssSha512 => PssHash::Sha512,
        _ => {
            return Err(InvalidKey::new(format!("the key says that it is for RSASSA-PSS alone, not for {algorithm}")));
        }
    };
    if info.allows_pss(hash) {
        return Ok(());
    }
    Err(InvalidKey::new(format!("the key says that it is for RSASSA-PSS with another hash function than {algorithm}")))
}

/// Returns the length of the modulus in bytes, for an RSA key in the format that stores use.
pub(crate) fn modulus_len(spki: &[u8]) -> Option<usize> {
    let (modulus, _) = der::rsa_public(Info::public(spki)?.key)?;
    Some(modulus.len())
}

/// Reads an RSA key pair from `PrivateKeyInfo` or `RSAPrivateKey`.
pub(crate) fn pair(algorithm: KeyAlgorithm, der: &[u8]) -> Result<RsaKeyPair, InvalidKey> {
    let info = Info::private(der);
    if let Some(info) = &info {
        check_pss(algorithm, info)?;
    }
    let is_for_pss_alone = info.as_ref().is_some_and(Info::is_for_pss_alone);
    let bare = info.map_or(der, |info| info.key);
    if let Some([modulus, ..]) = der::rsa_private(bare) {
        check_bits(modulus)?;
    }
    // If the wrapper names RSASSA-PSS, aws-lc has to read the bare key.
    let pair = if is_for_pss_alone { RsaKeyPair::from_der(bare) } else { RsaKeyPair::from_pkcs8(der) };
    let pair = pair.or_else(|_| RsaKeyPair::from_der(der));
    pair.map_err(|error| InvalidKey::new(format!("not a private key for {algorithm}: {error}")))
}
