//! Private keys from PEM.

use auth_runtime::store::KeyAlgorithm;
use aws_lc_rs::signature::RsaKeyPair;

use super::der::{self, Info};
use super::pem;
use super::public::{check_bits, check_pss};
use crate::{NotAKey, SigningKey};

impl SigningKey {
    /// A private key in PEM (RFC 7468): `PRIVATE KEY` (PKCS #8), `RSA PRIVATE KEY` (RFC 8017) or `EC PRIVATE KEY` (RFC 5915).
    /// Text around it may be in any encoding.
    ///
    /// ```
    /// # use auth_runtime::store::KeyAlgorithm;
    /// use auth_signatures::SigningKey;
    ///
    /// // RFC 9421 appendix B.1.4
    /// let pem = "-----BEGIN PRIVATE KEY-----
    /// MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
    /// -----END PRIVATE KEY-----";
    /// let key = SigningKey::from_pem("test-key-ed25519", KeyAlgorithm::Ed25519, pem)?;
    /// # Ok::<(), auth_signatures::NotAKey>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When it is none of the algorithm, is encrypted, is a public one, or an RSA key of less than 2048 bits.
    pub fn from_pem(id: impl Into<String>, algorithm: KeyAlgorithm, pem: impl AsRef<[u8]>) -> Result<Self, NotAKey> {
        let block = pem::read(pem.as_ref())?;
        match block.label {
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Self::from_der(id, algorithm, &block.der),
            label if label.ends_with("PUBLIC KEY") => {
                Err(NotAKey::new("that is a public key, with which nobody can sign; give the private one"))
            }
            label => Err(NotAKey::new(format!("`{label}` is no private key; `PRIVATE KEY` is"))),
        }
    }
}

/// An RSA key pair from `PrivateKeyInfo` or `RSAPrivateKey`.
pub(crate) fn rsa_pair(algorithm: KeyAlgorithm, der: &[u8]) -> Result<RsaKeyPair, NotAKey> {
    let info = Info::private(der);
    if let Some(info) = &info {
        check_pss(algorithm, info)?;
    }
    let is_for_pss_alone = info.as_ref().is_some_and(Info::is_for_pss_alone);
    let bare = info.map_or(der, |info| info.key);
    if let Some([modulus, ..]) = der::rsa_private(bare) {
        check_bits(modulus)?;
    }
    // With the name of RSASSA-PSS around it, only the key itself is understood.
    let pair = if is_for_pss_alone { RsaKeyPair::from_der(bare) } else { RsaKeyPair::from_pkcs8(der) };
    let pair = pair.or_else(|_| RsaKeyPair::from_der(der));
    pair.map_err(|error| NotAKey::new(format!("that is no private key of {algorithm}: {error}")))
}
