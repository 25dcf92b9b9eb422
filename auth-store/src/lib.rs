//! Users, groups, clients, logins and tokens for [`auth_runtime`]: in SQLite, in PostgreSQL, or in memory for tests; and logins
//! in Redis, shared by many machines.
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use auth_runtime::{Accounts, AuthContext};
//! use auth_runtime::store::NewAccount;
//! use auth_store::SqliteStore;
//!
//! let context = AuthContext::new(SqliteStore::in_memory().await?);
//! let hash = context.passwords().hash("correct horse").await?;
//! Accounts::of(&context).create(&NewAccount::new("ada").with_password_hash(hash)).await??;
//! # Ok(()) }
//! # #[cfg(not(feature = "sqlite"))] fn main() {}
//! ```
//!
//! | store | feature | for |
//! |---|---|---|
//! | [`SqliteStore`] | `sqlite`, on by default | one machine: an embedded file, nothing to run beside it |
//! | `PostgresStore` | `postgres` | several machines; the tables may stand in the application's own database |
//! | `AnyStore` | both | the one that an address names when the program starts |
//! | `RedisStore` | `redis` | logins and replay records in Redis, in front of one of those |
//! | `RedisCounters` | `redis` | throttles that several machines share |
//! | [`MemoryStore`] | | tests |
//!
//! The feature `keys` adds `SigningKeyStore`: the keys that accounts sign their requests with, for `auth-signatures`. Shared
//! secrets are sealed at rest by a key that is stored elsewhere.
//!
//! The feature `tls` connects to PostgreSQL and Redis over TLS. Put `?sslmode=verify-full` in the address of a PostgreSQL
//! database: by default, its driver accepts whatever the server offers.
//!
//! All stores keep one contract, [`Store`], and pass the same tests. [`auth_runtime::store`] documents the contract, so that
//! you can implement it for your own tables. [`Accounts`](auth_runtime::Accounts) creates and changes accounts, and sends an
//! event for each change.
//!
//! - **Requests.** One statement, prepared once per connection, finds a token or a login by the index of its digest, together
//!   with its account. With [`ReadCache`], look-ups within a few seconds need no statement: a change through a store leaves its
//!   cache at once, and a change by another machine arrives after the cache's `max_age` at the latest.
//! - **Last uses** are gathered for a second and written together, off the path of requests.
//! - **Names** are stored as [`Username`](auth_runtime::Username) normalizes them. A new name that looks like an existing one
//!   is rejected: [`NameRejection`](auth_runtime::store::NameRejection). An account that was imported, or is older than this
//!   rule, can have a name in another form; it is found only by exactly this name.
//! - **Expired** logins and tokens are refused whether or not they are still stored.
//!   [`SweepStore::sweep`](auth_runtime::store::SweepStore::sweep) deletes them in small steps: call it from a task once an
//!   hour, or run `auth sweep`.
//! - **Migrations** run when a store is opened, in one transaction, and with `auth migrate`. Tables of a newer version are not
//!   changed. `OpenMode::Check` opens a store without changing anything, for programs that may not change tables.
//! - **Deadlines.** Every call ends. A call that takes longer than four seconds fails, which the client sees as a 503 with
//!   `Retry-After`, and its connection is closed. [`StoreOptions::with_call_timeout`] sets another timeout. A look-up whose
//!   connection was cut is retried on another one within the same deadline, and so is the start of a transaction. `close` waits
//!   no longer than the call timeout.
//! - **Connections.** Each process opens up to 16 connections to PostgreSQL or 8 to a SQLite file, unless
//!   [`StoreOptions::with_connections`] sets another number; `PostgresStore::over` takes a pool of your own. Reads and writes
//!   wait in one queue, so that neither starves the other, even if PostgreSQL provides fewer connections.
//! - **Durability.** An acknowledged login, logout or revocation is on disk: SQLite runs with `synchronous = FULL`. After a
//!   503, a write may or may not have happened. When a full disk has space again, writes resume without a restart. Data in
//!   Redis is as durable as its settings make it, except for the end of all logins of an account, which the database behind it
//!   stores: see `RedisStore`.
//! - **Files.** A SQLite file is created with mode 0600, and so are its `-wal` and `-shm` files.
//! - **Clocks.** A last use that is ahead of the clock, because the clock was set back, does not count. The next use replaces
//!   it, and a sweep corrects those that are more than a day ahead.
//!
//! # New accounts
//!
//! A listener must not block. To do something for each new account, send its id through a channel to a task:
//!
//! ```
//! use auth_runtime::event::{Event, EventKind};
//! use auth_runtime::personal_token::{self, WantedToken};
//! use auth_runtime::{Accounts, AuthContext, AuthError, NewSecret, Settings};
//! use auth_runtime::store::{AccountStore, Id, NewAccount};
//! use auth_store::MemoryStore;
//! use tokio::sync::mpsc::unbounded_channel;
//!
//! /// Makes a personal token for a new account. Hand it to the owner: the store keeps a digest alone.
//! async fn first_token(app: &AuthContext<MemoryStore>, id: &Id) -> Result<Option<NewSecret>, AuthError> {
//!     let Some(account) = app.backend().account_by_id(id).await? else { return Ok(None) };
//!     let event = Event::new(EventKind::TokenCreated, app.settings().clock().now());
//!     let issued = personal_token::issue(app, &account, WantedToken::new("first"), event).await?;
//!     Ok(Some(issued.secret))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (new_account, mut new_accounts) = unbounded_channel();
//! let settings = Settings::default().with_event_listener(move |event: &Event<'_>| {
//!     if let (EventKind::AccountCreated, Some(id)) = (event.kind, event.user) {
//!         let _ = new_account.send(id.to_owned()); // fails when the task has ended
//!     }
//! });
//! let app = AuthContext::with_settings(MemoryStore::new(), settings);
//!
//! let job = app.clone();
//! let made = tokio::spawn(async move {
//! #   let mut made = 0;
//!     while let Some(id) = new_accounts.recv().await {
//!         match first_token(&job, &Id::from(id.as_str())).await {
//!             Ok(Some(token)) => println!("send this by mail: {}", token.reveal()),
//!             Ok(None) => println!("the account {id} is gone"),
//!             Err(error) => println!("no token for the account {id}: {error}"),
//!         }
//! #       made += 1; if made == 2 { break }
//!     }
//! #   made
//! });
//!
//! let accounts = Accounts::of(&app);
//! accounts.create(&NewAccount::new("ada")).await??;
//! accounts.create(&NewAccount::new("grace")).await??;
//! # assert_eq!(made.await?, 2);
//! # let ada = app.backend().account("ada").await?.unwrap();
//! # assert_eq!(auth_runtime::store::CredentialStore::tokens(app.backend(), &ada).await?.len(), 1);
//! # Ok(()) }
//! ```
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod account;
#[cfg(all(feature = "sqlite", feature = "postgres"))]
mod any;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod cache;
mod group;
#[cfg(feature = "keys")]
mod key;
mod last_use;
mod memory;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod open;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "redis"))]
mod options;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use self::account::{Account, Store};
#[cfg(all(feature = "sqlite", feature = "postgres"))]
pub use self::any::AnyStore;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::cache::ReadCache;
#[cfg(feature = "keys")]
pub use self::key::{KeyInsertOutcome, NewSigningKey, SigningKeyEntry, SigningKeyStore};
pub use self::memory::MemoryStore;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::open::{OpenError, OpenMode};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "redis"))]
pub use self::options::StoreOptions;
#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
#[cfg(feature = "redis")]
pub use self::redis::{RedisCounters, RedisStore};
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteStore;
