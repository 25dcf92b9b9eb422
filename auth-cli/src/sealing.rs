//! The sealing keys from the environment. They are never options, which other users of the machine could read.

use auth_keys::{RootSecret, RootSecretError, SealingKeys};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The variable with a root secret, from which sealing keys are derived.
pub(crate) const ROOT_SECRET: &str = RootSecret::VARIABLE;

/// The variable with the sealing keys.
pub(crate) const SEALING_KEY: &str = "AUTH_SEALING_KEY";

/// The sealing keys, and the variable that contains the one that seals.
#[derive(Debug, Default)]
pub(crate) struct Sealing {
    pub(crate) keys: SealingKeys,
    pub(crate) sealed_by: Option<&'static str>,
}

impl Sealing {
    /// Reads both variables. The keys of the root secret come first, so they seal; all keys open.
    pub(crate) fn from_env() -> Result<Self, Failure> {
        let derived = match RootSecret::from_env() {
            Ok(root) => root.sealing_keys(),
            Err(RootSecretError::Missing) => SealingKeys::new(),
            Err(error) => return Err(Failure::Usage(error.to_string())),
        };
        let text = Zeroizing::new(std::env::var(SEALING_KEY).unwrap_or_default());
        let given = text.split(',').map(str::trim).filter(|key| !key.is_empty());
        let given = given.map(|key| key.parse().map_err(|error| Failure::Usage(format!("{SEALING_KEY}: {error}"))));
        let given: SealingKeys = given.collect::<Result<_, _>>()?;
        let sealed_by = match (derived.is_empty(), given.is_empty()) {
            (false, _) => Some(ROOT_SECRET),
            (true, false) => Some(SEALING_KEY),
            (true, true) => None,
        };
        Ok(Self { keys: derived.into_iter().chain(given).collect(), sealed_by })
    }
}
