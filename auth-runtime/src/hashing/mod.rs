//! Hashes and verifies passwords, independent of requests.

mod argon2id;
#[cfg(feature = "django")]
mod django;
mod error;
mod hasher;
mod passwords;
mod remembered;
mod settings;
mod threads;
mod turns;

pub use self::error::HashPasswordError;
pub use self::passwords::{Passwords, is_password_hash};
pub use self::settings::PasswordSettings;

/// The maximum length of a password, in bytes.
const MAX_PASSWORD_BYTES: usize = 1_024;
