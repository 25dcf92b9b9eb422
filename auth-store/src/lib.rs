//! Users, tokens and logins for [`auth_runtime`]: in SQLite, or in memory for tests.
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use auth_runtime::Authentication;
//! use auth_store::{NewAccount, SqliteStore};
//!
//! let authentication = Authentication::new(SqliteStore::in_memory().await?);
//! let hash = authentication.passwords().hash("correct horse").await?;
//! authentication.backend().create_account(&NewAccount::new("ada").with_password_hash(hash)).await?;
//! # Ok(()) }
//! # #[cfg(not(feature = "sqlite"))] fn main() {}
//! ```
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod account;
mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use self::account::{Account, NewAccount};
pub use self::memory::MemoryStore;
#[cfg(feature = "sqlite")]
pub use self::sqlite::{OpenError, SqliteStore};
