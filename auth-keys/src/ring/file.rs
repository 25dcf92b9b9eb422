//! Key rings in files.

use std::path::Path;

use super::keys::KeyRing;
use crate::store::{KeyFileError, read_private};

impl KeyRing {
    /// Reads the [private JWK Set](Self::from_private_jwks) in a file. Blocks while it does.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is not a ring, or others than its owner may read it (`chmod 600`). A group may read it that may not
    /// write it, as of secrets that are mounted with mode 440.
    pub fn read_file(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        read_private(path.as_ref(), |text| Self::from_private_jwks(text).map_err(|error| error.to_string()))
    }
}
