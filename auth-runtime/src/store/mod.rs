//! What the built-in schemes need from an application's data: one small trait per scheme.
//!
//! `auth-store` implements them. An application with its own tables implements them for those. A lookup that finds nothing
//! returns `Ok(None)`. An error means that the store did not answer: the request is refused with 503.

mod account;
pub(crate) mod backend;
mod client;
pub(crate) mod counters;
mod group;
mod id;
mod key;
mod login;
mod manage;
mod permission;
mod replay;
mod token;

pub use self::account::{AccountStore, Keep, NameRejection, NamedUser, NewAccount, SweepStore, Swept};
pub use self::backend::{
    Backend, InsertOutcome, LAST_USE_TOLERANCE, PasswordRecord, PasswordStore, RemoteUserStore, StoreError, StoreResult,
};
pub use self::client::{AtLimit, Client, InvalidClientName};
pub use self::group::{ChangeOutcome, Grant, Group, GroupStore, Held, Holder};
pub use self::id::Id;
pub use self::key::{Key, KeyAlgorithm, KeyRecord, KeyStore};
pub use self::login::{Login, LoginRecord, LoginStore, NewCredential, NewLogin};
pub use self::manage::{ClientStore, CredentialStore, LoginCredentials, LoginEntry, NewAccessToken, TokenEntry};
pub use self::permission::PermissionStore;
pub use self::replay::{ReplayStore, Use};
pub use self::token::{AccessToken, NewToken, TokenLimit, TokenRecord, TokenStore};
