//! The keys with which accounts sign: [`SigningKeyStore`].

use std::future::Future;
use std::time::Duration;

use auth_runtime::store::{Key, KeyAlgorithm, KeyStore, StoreError, StoreResult};

use crate::Account;

/// A key to be kept for an account.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewSigningKey {
    /// The key, with its limits.
    pub key: Key,
    /// When it is added, since the Unix epoch.
    pub created: Duration,
    /// What its owner calls it.
    pub label: String,
}

impl NewSigningKey {
    /// A key without a label.
    pub fn new(key: Key, created: Duration) -> Self {
        Self { key, created, label: String::new() }
    }

    /// With what its owner calls it.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// An error when there cannot be such a key.
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

/// Returns whether a key can have such an id. That of a request may have any length.
pub(crate) fn is_valid_key_id(id: &str) -> bool {
    (1..=255).contains(&id.len()) && !id.chars().any(char::is_control)
}

/// What became of a key that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum KeyInsertOutcome {
    /// It is kept.
    Added,
    /// There is a key with this id, of whichever account; nothing is kept.
    IdTaken,
    /// The account was deleted; nothing is kept.
    NoAccount,
}

/// A key in a list, without what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningKeyEntry {
    /// By what a request names it.
    pub id: String,
    /// What it is for.
    pub algorithm: KeyAlgorithm,
    /// The name of the account that signs with it.
    pub username: String,
    /// What its owner calls it.
    pub label: String,
    /// When it was added, since the Unix epoch.
    pub created: Duration,
    /// Since when it is good.
    pub not_before: Option<Duration>,
    /// Until when it is good.
    pub expires: Option<Duration>,
}

/// The keys with which accounts sign their requests, for whoever administers them. What changes counts from the next request
/// on.
///
/// They do not hang on the account's password, and stay when it is changed. Those of a disabled account are of no use while it
/// is disabled, since schemes ask whether an account is active; those of a deleted account are deleted.
///
/// A database keeps public keys as they are, and shared secrets sealed by a [`SealingKey`](auth_keys::SealingKey): without one
/// they cannot be added, and a look-up of one that is there is an error.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> auth_runtime::store::StoreResult<()> {
/// use auth_runtime::Clock;
/// use auth_runtime::store::{Key, KeyAlgorithm, KeyStore};
/// use auth_runtime::store::{AccountStore, NewAccount};
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
    /// Adds a key. Of many with one id at once, one is added. An id that is empty, longer than 255 bytes or has a control
    /// character in it is an error, and so is a shared secret that cannot be sealed.
    fn add_key(
        &self,
        user: &Account,
        key: &NewSigningKey,
    ) -> impl Future<Output = StoreResult<KeyInsertOutcome>> + Send;

    /// An account's keys, or all, in the order of their ids by code points. Expired ones may be among them.
    fn signing_keys(&self, user: Option<&Account>) -> impl Future<Output = StoreResult<Vec<SigningKeyEntry>>> + Send;

    /// Lets a key be good until `expires`, since the Unix epoch, or for ever. Whether there is one.
    fn expire_key(&self, id: &str, expires: Option<Duration>) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Deletes a key. Whether there was one.
    fn remove_key(&self, id: &str) -> impl Future<Output = StoreResult<bool>> + Send;

    /// Seals again, with the first sealing key, the secrets that other keys sealed, which are no longer needed then. Returns how
    /// many there were.
    fn reseal_keys(&self) -> impl Future<Output = StoreResult<u64>> + Send;
}
