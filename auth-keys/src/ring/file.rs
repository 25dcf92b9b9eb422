//! Key rings in files.

use std::path::Path;

use super::keys::KeyRing;
use crate::store::{KeyFileError, read_private};

impl KeyRing {
    /// Reads the [private JWK Set](Self::from_private_jwks) in a file. Blocks the thread.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not a ring, or can be read by others than its owner (fix it with `chmod 600`). The file's
    /// group may read it if the group cannot write it, as for secrets that are mounted with mode 440.
    pub fn read_file(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        read_private(path.as_ref(), |text| Self::from_private_jwks(text).map_err(|error| error.to_string()))
    }
}
