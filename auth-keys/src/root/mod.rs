//! [`RootSecret`]: the one secret that an application configures.

mod derived;
mod error;
mod secret;

/// The variable that [`RootSecret::from_env`] reads.
const VARIABLE: &str = "AUTH_ROOT_SECRET";

pub use self::derived::{DerivedKey, DerivedKeys};
pub use self::error::{InvalidRootSecret, RootSecretError};
pub use self::secret::RootSecret;
