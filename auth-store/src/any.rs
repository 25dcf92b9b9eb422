//! [`AnyStore`]: SQLite or PostgreSQL, chosen at run time by an address.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use auth_runtime::store::{
    AccessToken, Backend, Client, ClientStore, CredentialStore, Id, InsertOutcome, Login, LoginEntry, LoginRecord,
    LoginStore, NewAccessToken, NewLogin, NewToken, PasswordRecord, PasswordStore, PermissionStore, RemoteUserStore,
    ReplayStore, StoreResult, SweepStore, TokenEntry, TokenRecord, TokenStore,
};
use auth_runtime::{Digest, PresentedToken, Username};

use crate::{Account, OpenError, PostgresStore, ReadCache, SqliteStore, StoreOptions};
use auth_runtime::store::{
    AccountStore, ChangeOutcome, Grant, Group, GroupStore, Held, Holder, Keep, NameRejection, NewAccount, Swept,
};

/// A SQLite or PostgreSQL store, chosen by an address. Clones share the connections.
///
/// ```no_run
/// use auth_store::AnyStore;
///
/// # async fn example() -> Result<(), auth_store::OpenError> {
/// let embedded = AnyStore::open("auth.sqlite").await?;
/// let shared = AnyStore::open("postgres://auth@db.example.org/auth").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum AnyStore {
    /// A SQLite file.
    Sqlite(SqliteStore),
    /// A PostgreSQL database.
    Postgres(PostgresStore),
}

impl fmt::Debug for AnyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(store) => store.fmt(f),
            Self::Postgres(store) => store.fmt(f),
        }
    }
}

impl AnyStore {
    /// Opens what `address` names and brings its tables up to date: a PostgreSQL database for `postgres://` and
    /// `postgresql://`, the file at this path for everything else, with or without `sqlite:` before it.
    ///
    /// # Errors
    ///
    /// If the database cannot be opened or its tables cannot be migrated. The database is then unchanged.
    pub async fn open(address: &str) -> Result<Self, OpenError> {
        Self::open_with(address, StoreOptions::default()).await
    }

    /// Does the same as [`open`](Self::open), with these options.
    ///
    /// # Errors
    ///
    /// If the database cannot be opened or its tables cannot be migrated. The database is then unchanged.
    pub async fn open_with(address: &str, options: StoreOptions) -> Result<Self, OpenError> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Ok(Self::Postgres(PostgresStore::open_with(address, options).await?));
        }
        let path = address.strip_prefix("sqlite://").or_else(|| address.strip_prefix("sqlite:")).unwrap_or(address);
        Ok(Self::Sqlite(SqliteStore::open_with(Path::new(path), options).await?))
    }

    /// Caches recent look-ups in `cache`.
    #[must_use]
    pub fn with_cache(self, cache: ReadCache) -> Self {
        match self {
            Self::Sqlite(store) => Self::Sqlite(store.with_cache(cache)),
            Self::Postgres(store) => Self::Postgres(store.with_cache(cache)),
        }
    }

    /// Adds a key that seals shared secrets at rest. The first key added seals; all keys open.
    #[cfg(feature = "keys")]
    #[must_use]
    pub fn with_sealing_key(self, key: auth_keys::SealingKey) -> Self {
        self.with_sealing_keys([key])
    }

    /// Adds keys that seal shared secrets at rest, such as those of a [`RootSecret`](auth_keys::RootSecret). The first key
    /// added seals; all keys open.
    #[cfg(feature = "keys")]
    #[must_use]
    pub fn with_sealing_keys(self, keys: impl IntoIterator<Item = auth_keys::SealingKey>) -> Self {
        match self {
            Self::Sqlite(store) => Self::Sqlite(store.with_sealing_keys(keys)),
            Self::Postgres(store) => Self::Postgres(store.with_sealing_keys(keys)),
        }
    }

    /// Closes the connections once the calls under way have ended. Waits no longer than the call timeout.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

impl Backend for AnyStore {
    type User = Account;
}

/// Delegates each method to the store of the variant.
macro_rules! delegate {
    ($($trait:ident { $(fn $method:ident($($argument:ident: $type:ty),*) -> $result:ty;)+ })+) => {$(
        impl $trait for AnyStore {$(
            async fn $method(&self, $($argument: $type),*) -> StoreResult<$result> {
                match self {
                    Self::Sqlite(store) => store.$method($($argument),*).await,
                    Self::Postgres(store) => store.$method($($argument),*).await,
                }
            }
        )+}
    )+};
}

delegate! {
    PasswordStore {
        fn find_by_username(username: &Username<'_>) -> Option<PasswordRecord<Account>>;
        fn upgrade_hash(user: &Account, old: &str, new: &str) -> ();
    }

    RemoteUserStore {
        fn remote_user(name: &Username<'_>) -> Option<Account>;
    }

    AccountStore {
        fn create_account(account: &NewAccount) -> Result<Account, NameRejection>;
        fn account(username: &str) -> Option<Account>;
        fn account_by_id(id: &Id) -> Option<Account>;
        fn look_alikes(username: &str, limit: u32) -> Vec<Account>;
        fn accounts(search: &str, after: &str, limit: u32) -> Vec<Account>;
        fn set_active(username: &str, is_active: bool) -> bool;
        fn set_staff(username: &str, is_staff: bool) -> bool;
        fn set_password_hash(username: &str, hash: Option<&str>, keep: Keep<'_>) -> bool;
        fn delete_account(username: &str) -> bool;
    }

    SweepStore {
        fn sweep(now: Duration) -> Swept;
    }

    PermissionStore {
        fn has_permissions(user: &Account, codenames: &[&str], object: Option<&str>) -> bool;
    }

    GroupStore {
        fn create_group(name: &str) -> bool;
        fn delete_group(name: &str) -> bool;
        fn groups() -> Vec<Group>;
        fn members(group: &str) -> Option<Vec<String>>;
        fn add_member(group: &str, username: &str) -> ChangeOutcome;
        fn remove_member(group: &str, username: &str) -> ChangeOutcome;
        fn grant(holder: Holder<'_>, grant: Grant<'_>) -> ChangeOutcome;
        fn revoke(holder: Holder<'_>, grant: Grant<'_>) -> ChangeOutcome;
        fn held(holder: Holder<'_>) -> Option<Vec<Held>>;
    }

    LoginStore {
        fn find_login(digest: &Digest) -> Option<LoginRecord<Account>>;
        fn insert_login(user: &Account, login: NewLogin) -> InsertOutcome<Login>;
        fn touch_logins(used: &[(Id, Duration)]) -> ();
        fn end_login(digest: &Digest) -> bool;
        fn find_client(name: &str) -> Option<Client>;
    }

    TokenStore {
        fn find_token(token: &PresentedToken) -> Option<TokenRecord<Account>>;
        fn insert_token(user: &Account, token: NewToken) -> InsertOutcome<AccessToken>;
        fn touch_tokens(used: &[(Id, Duration)]) -> ();
    }

    CredentialStore {
        fn logins(user: &Account) -> Vec<LoginEntry>;
        fn rename_login(user: &Account, id: &Id, name: &str) -> bool;
        fn revoke_login(user: &Account, id: &Id) -> bool;
        fn revoke_logins(user: &Account, except: Option<&Id>) -> u64;
        fn renew_token(user: &Account, old: &Id, new: NewAccessToken) -> Option<AccessToken>;
        fn extend_token(user: &Account, id: &Id, expires: Option<Duration>) -> Option<AccessToken>;
        fn tokens(user: &Account) -> Vec<TokenEntry>;
        fn rename_token(user: &Account, id: &Id, name: &str) -> bool;
        fn revoke_token(user: &Account, id: &Id) -> bool;
        fn revoke_tokens(user: &Account) -> u64;
    }

    ClientStore {
        fn clients() -> Vec<Client>;
        fn put_client(client: &Client) -> bool;
        fn delete_client(name: &str) -> bool;
    }
}

impl ReplayStore for AnyStore {
    async fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
        match self {
            Self::Sqlite(store) => store.first_use(scope, key, now, expires).await,
            Self::Postgres(store) => store.first_use(scope, key, now, expires).await,
        }
    }

    fn survives_restarts(&self) -> bool {
        match self {
            Self::Sqlite(store) => store.survives_restarts(),
            Self::Postgres(store) => store.survives_restarts(),
        }
    }
}

#[cfg(feature = "keys")]
use {
    crate::{KeyInsertOutcome, NewSigningKey, SigningKeyEntry, SigningKeyStore},
    auth_runtime::store::{KeyRecord, KeyStore},
};

#[cfg(feature = "keys")]
delegate! {
    KeyStore {
        fn find_key(id: &str) -> Option<KeyRecord<Account>>;
    }

    SigningKeyStore {
        fn add_key(user: &Account, key: &NewSigningKey) -> KeyInsertOutcome;
        fn signing_keys(user: Option<&Account>) -> Vec<SigningKeyEntry>;
        fn expire_key(id: &str, expires: Option<Duration>) -> bool;
        fn remove_key(id: &str) -> bool;
        fn reseal_keys() -> u64;
    }
}
