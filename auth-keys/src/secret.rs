//! Shared secrets.

use auth_runtime::store::KeyAlgorithm;

use crate::error::InvalidKey;

/// The minimum length of a shared secret for any algorithm, in bytes.
const SHORTEST: usize = 16;

/// Returns an error if the bytes are not a valid shared secret for this algorithm.
pub(crate) fn check(algorithm: KeyAlgorithm, secret: &[u8]) -> Result<(), InvalidKey> {
    if !algorithm.is_symmetric() {
        return Err(InvalidKey::new(format!("{algorithm} has no shared secret; give a private key")));
    }
    if secret.len() < SHORTEST {
        return Err(InvalidKey::new(format!("a shared secret has at least {SHORTEST} bytes")));
    }
    Ok(())
}
