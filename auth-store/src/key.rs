//! The keys that accounts sign with: [`SigningKeyStore`].

use std::future::Future;
use std::time::Duration;

use auth_runtime::store::{Key, KeyAlgorithm, KeyStore, StoreError, StoreResult};

use crate::Account;

/// A key to be stored for an account.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewSigningKey {
    /// The key, with its validity period.
    pub key: Key,
    /// When it is added, since the Unix epoch.
    pub created: Duration,
    /// The label that the owner chose for it.
    pub label: String,
}

impl NewSigningKey {
    /// Creates a key without a label.
    pub fn new(key: Key, created: Duration) -> Self {
        Self { key, created, label: String::new() }
    }

    /// Sets the label.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Returns an error if the key is not valid.
    pub(crate) fn check(&self) -> StoreResult<()> {
        if !is_valid_key_id(self.key.id()) {
            return Err(StoreError::new("a key's id has 1 to 255 bytes, and no control characters in it"));
        }
        if self.label.contains('\0') {
            return Err(StoreError::new("a key's label has no NUL character in it"));
        }
        Ok(())
    }
}

/// Returns whether the id is valid for a key. The id in a request can have any length.
pub(crate) fn is_valid_key_id(id: &str) -> bool {
    (1..=255).contains(&id.len()) && !id.chars().any(char::is_control)
}

/// The outcome of adding a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum KeyInsertOutcome {
    /// The key was added.
    Added,
    /// A key with this id exists, of this account or another one; nothing was stored.
    IdTaken,
    /// The account was deleted; nothing was stored.
    NoAccount,
}

/// A key in a list, without its key material.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningKeyEntry {
    /// The id that requests name the key by.
    pub id: String,
    /// The algorithm that the key is for.
    pub algorithm: KeyAlgorithm,
    /// The name of the account that signs with it.
    pub username: String,
    /// The label that the owner chose for it.
    pub label: String,
    /// When it was added, since the Unix epoch.
    pub created: Duration,
    /// When the key becomes valid, since the Unix epoch. `None` means that it has no start.
    pub not_before: Option<Duration>,
    /// When the key expires, since the Unix epoch. `None` means never.
    pub expires: Option<Duration>,
}

/// Manages the keys that accounts sign their requests with. A change applies from the next request on.
///
/// The keys do not depend on the account's password and stay when it changes. The keys of a disabled account cannot be used
/// while it is disabled, since schemes check whether the account is active. The keys of a deleted account are deleted.
///
/// A database stores public keys unencrypted, and shared secrets sealed by a [`SealingKey`](auth_keys::SealingKey). Without a
/// sealing key, adding a shared secret fails, and so does looking one up.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> auth_runtime::store::StoreResult<()> {
/// use auth_runtime::Clock;
/// use auth_runtime::store::{AccountStore, Key, KeyAlgorithm, KeyStore, NewAccount};
/// use auth_store::{KeyInsertOutcome, MemoryStore, NewSigningKey, SigningKeyStore};
///
/// # let der = Vec::new();
/// let (store, now) = (MemoryStore::new(), Clock::system().now());
/// let billing = store.create_account(&NewAccount::new("billing")).await?.unwrap();
/// let key = Key::new("billing-2026", KeyAlgorithm::Ed25519, der.into(), None, None); // `auth_keys` reads them
/// assert_eq!(store.add_key(&billing, &NewSigningKey::new(key, now)).await?, KeyInsertOutcome::Added);
/// assert_eq!(store.find_key("billing-2026").await?.unwrap().user, billing);
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "the store `{Self}` keeps no keys of accounts that sign",
    note = "those of `auth-store` do: `SqliteStore`, `PostgresStore`, `AnyStore`, `MemoryStore`, and `RedisStore` in front of one"
)]
pub trait SigningKeyStore: KeyStore<User = Account> {
    /// Adds a key. If several calls add the same id at once, one succeeds. Returns an error if the id is empty, longer than 255
    /// bytes or contains a control character, or if a shared secret cannot be sealed.
    fn add_key(
        &self,
        user: &Account,
        key: &NewSigningKey,
    ) -> impl Future<Output = StoreResult<KeyInsertOutcome>> + Send;

    /// Returns the keys of `user`, or of all accounts, ordered by id (by code point). The list can contain expired keys.
    fn signing_keys(&self, user: Option<&Account>) -> impl Future<Output = StoreResult<Vec<SigningKeyEntry>>> + Send;

    /// Sets the expiry of a key, since the Unix epoch; `None` means never. Returns whether the key exists.
    fn expire_key(&self, id: &str, expires: Option<Duration>) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes a key. Returns whether it existed.
    fn remove_key(&self, id: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Seals all secrets that other keys sealed again with the first sealing key; the other keys are then no longer needed.
    /// Returns how many secrets it sealed.
    fn reseal_keys(&self) -> impl Future<Output = StoreResult<u64>> + Send;
}
