//! Users, tokens and logins for [`auth_runtime`]: in SQLite, in PostgreSQL, with logins in
//! Redis where many machines share them, or in memory for tests.
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use auth_runtime::Authentication;
//! use auth_store::{AccountStore, NewAccount, SqliteStore};
//!
//! let authentication = Authentication::new(SqliteStore::in_memory().await?);
//! let hash = authentication.passwords().hash("correct horse").await?;
//! authentication.backend().create_account(&NewAccount::new("ada").with_password_hash(hash)).await?;
//! # Ok(()) }
//! # #[cfg(not(feature = "sqlite"))] fn main() {}
//! ```
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod account;
#[cfg(all(feature = "sqlite", feature = "postgres"))]
mod any;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod cache;
mod memory;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod open;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use self::account::{Account, AccountStore, Keep, NewAccount, Store, Swept};
#[cfg(all(feature = "sqlite", feature = "postgres"))]
pub use self::any::AnyStore;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::cache::ReadCache;
pub use self::memory::MemoryStore;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::open::OpenError;
#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
#[cfg(feature = "redis")]
pub use self::redis::{RedisCounters, RedisStore};
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteStore;
