//! Members of a JWK: base64url without padding (RFC 7515 section 2).

use base64ct::{Base64UrlUnpadded, Encoding as _};
use zeroize::Zeroizing;

use crate::error::InvalidKey;

pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes the member `name`.
pub(crate) fn decode(name: &str, text: Option<&str>) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
    let text = text.ok_or_else(|| InvalidKey::new(format!("`{name}` is missing")))?;
    let bytes = Base64UrlUnpadded::decode_vec(text);
    bytes.map(Zeroizing::new).map_err(|_| InvalidKey::new(format!("`{name}` is not base64url without padding")))
}

/// Decodes the member `name`, which has `length` bytes.
pub(crate) fn decode_exact(name: &str, text: Option<&str>, length: usize) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
    let bytes = decode(name, text)?;
    if bytes.len() == length {
        return Ok(bytes);
    }
    Err(InvalidKey::new(format!("`{name}` must have {length} bytes, and has {}", bytes.len())))
}
