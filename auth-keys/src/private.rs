//! Private keys from PEM.

use auth_runtime::store::KeyAlgorithm;

use crate::error::InvalidKey;
use crate::pem;
use crate::signing_key::SigningKey;

impl SigningKey {
    /// Reads a private key in PEM (RFC 7468): `PRIVATE KEY` (PKCS #8), `RSA PRIVATE KEY` (RFC 8017) or `EC PRIVATE KEY` (RFC 5915).
    /// Text around it may be in any encoding.
    ///
    /// ```
    /// # use auth_runtime::store::KeyAlgorithm;
    /// use auth_keys::SigningKey;
    ///
    /// // RFC 9421 appendix B.1.4
    /// let pem = "-----BEGIN PRIVATE KEY-----
    /// MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
    /// -----END PRIVATE KEY-----";
    /// let key = SigningKey::from_pem("test-key-ed25519", KeyAlgorithm::Ed25519, pem)?;
    /// # Ok::<(), auth_keys::InvalidKey>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is not a private key for the algorithm, is encrypted, or is an RSA key of less than 2048 bits.
    pub fn from_pem(id: impl Into<String>, algorithm: KeyAlgorithm, pem: impl AsRef<[u8]>) -> Result<Self, InvalidKey> {
        let block = pem::read(pem.as_ref())?;
        match block.label {
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Self::from_der(id, algorithm, &block.der),
            label if label.ends_with("PUBLIC KEY") => {
                Err(InvalidKey::new("that is a public key, which cannot sign; give the private one"))
            }
            label => Err(InvalidKey::new(format!("`{label}` is not a private key; `PRIVATE KEY` is"))),
        }
    }
}
