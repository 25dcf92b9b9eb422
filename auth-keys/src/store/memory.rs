//! [`MemoryKeys`]: keys that the program itself adds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use auth_runtime::store::{Backend, Key, KeyRecord, KeyStore, ReplayStore, StoreResult};
use auth_runtime::{Digest, User};

use super::replays::Replays;
use crate::signature::prepare;

/// Keys in memory, with the accounts that sign with them, and replay records. Clones share them.
///
/// Use it as a service's backend, or as a field of one. It may change while the service runs. The records belong to this
/// process and are lost when it ends: messages from before the start are refused. If several processes serve one service, use a
/// store that shares the records: see [`guide`](crate::guide#where-records-are-kept).
///
/// ```
/// use auth_runtime::AuthContext;
/// use auth_runtime::store::KeyAlgorithm;
/// use auth_keys::{MemoryKeys, Service, SigningKey};
///
/// let billing = SigningKey::generate("billing-2026", KeyAlgorithm::Ed25519)?;
/// let keys = MemoryKeys::new().with_key(billing.verifying_key(), Service::new("billing"));
/// let context = AuthContext::new(keys.clone());
///
/// // Another key is taken in beside the first, and later the first is taken out.
/// let next = SigningKey::generate("billing-2027", KeyAlgorithm::Ed25519)?;
/// assert!(keys.add(next.verifying_key(), Service::new("billing")));
/// assert!(keys.remove("billing-2026").is_some());
/// # Ok::<(), auth_keys::InvalidKey>(())
/// ```
pub struct MemoryKeys<U>(Arc<Inner<U>>);

struct Inner<U> {
    keys: RwLock<HashMap<String, KeyRecord<U>>>,
    replays: Replays,
}

impl<U> MemoryKeys<U> {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self(Arc::new(Inner { keys: RwLock::default(), replays: Replays::default() }))
    }

    /// Adds a key, or replaces the one with the same id.
    #[must_use]
    pub fn with_key(self, key: Key, user: U) -> Self {
        self.replace(key, user);
        self
    }

    /// Adds a key. Returns `false`, and changes nothing, if a key with this id exists.
    pub fn add(&self, key: Key, user: U) -> bool {
        prepare(&key);
        match self.write().entry(key.id().to_owned()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(KeyRecord { key, user });
                true
            }
        }
    }

    /// Adds a key, or replaces the one with the same id and returns the replaced one.
    pub fn replace(&self, key: Key, user: U) -> Option<KeyRecord<U>> {
        prepare(&key);
        self.write().insert(key.id().to_owned(), KeyRecord { key, user })
    }

    /// Removes a key and returns it. Its signatures are refused from now on.
    pub fn remove(&self, id: &str) -> Option<KeyRecord<U>> {
        self.write().remove(id)
    }

    /// Returns the keys, ordered by id.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = self.read().values().map(|record| record.key.clone()).collect();
        keys.sort_unstable_by(|a, b| a.id().cmp(b.id()));
        keys
    }

    /// Replaces all keys.
    pub(super) fn replace_all(&self, keys: HashMap<String, KeyRecord<U>>) {
        for record in keys.values() {
            prepare(&record.key);
        }
        *self.write() = keys;
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, KeyRecord<U>>> {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, KeyRecord<U>>> {
        self.0.keys.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<U> Clone for MemoryKeys<U> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<U> Default for MemoryKeys<U> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U> fmt::Debug for MemoryKeys<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryKeys").field("keys", &self.keys()).finish_non_exhaustive()
    }
}

impl<U: User + Clone> Backend for MemoryKeys<U> {
    type User = U;
}

impl<U: User + Clone> KeyStore for MemoryKeys<U> {
    async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<U>>> {
        Ok(self.read().get(id).cloned())
    }

    fn keeps_keys(&self) -> bool {
        true
    }
}

impl<U: User + Clone> ReplayStore for MemoryKeys<U> {
    async fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
        Ok(self.0.replays.first_use(scope, key, now, expires))
    }
}

#[cfg(test)]
mod tests {
    use auth_runtime::AuthContext;
    use auth_runtime::store::KeyAlgorithm;

    use super::super::Service;
    use super::*;
    use crate::public::shared_secret;

    fn key(id: &str, byte: u8) -> Key {
        shared_secret(id, KeyAlgorithm::HmacSha256, &[byte; 32]).unwrap()
    }

    async fn found(keys: &MemoryKeys<Service>, id: &str) -> Option<(u8, String)> {
        let record = keys.find_key(id).await.unwrap()?;
        Some((record.key.material()[0], record.user.name().to_owned()))
    }

    #[tokio::test]
    async fn keys_can_be_changed_while_others_look_them_up() {
        let keys = MemoryKeys::new().with_key(key("a", 1), Service::new("ada"));
        let looking = AuthContext::new(keys.clone());
        assert_eq!(found(looking.backend(), "a").await, Some((1, "ada".to_owned())));
        assert!(!keys.add(key("a", 2), Service::new("mallory")));
        assert_eq!(found(looking.backend(), "a").await, Some((1, "ada".to_owned())));
        assert!(keys.add(key("b", 2), Service::new("ada")));
        assert_eq!(keys.replace(key("a", 3), Service::new("bob")).unwrap().user.name(), "ada");
        assert_eq!(found(looking.backend(), "a").await, Some((3, "bob".to_owned())));
        assert_eq!(keys.keys().iter().map(Key::id).collect::<Vec<_>>(), ["a", "b"]);
        assert!(keys.remove("a").is_some() && keys.remove("a").is_none());
        assert_eq!(found(looking.backend(), "a").await, None);
        assert_eq!(found(looking.backend(), "b").await, Some((2, "ada".to_owned())));
    }

    #[tokio::test]
    async fn keys_are_prepared_when_they_are_added() {
        let keys = MemoryKeys::new().with_key(key("a", 1), Service::new("ada"));
        assert!(keys.add(key("b", 2), Service::new("ada")) && keys.replace(key("c", 3), Service::new("ada")).is_none());
        for key in keys.keys() {
            assert!(key.prepared(|_| "not yet").is_none(), "{key:?}");
        }
        assert!(keys.keeps_keys());
    }

    #[tokio::test]
    async fn clones_share_records() {
        let (keys, now) = (MemoryKeys::<Service>::new(), Duration::from_secs(1_700_000_000));
        let end = now + Duration::from_secs(300);
        assert!(keys.first_use("nonce", &Digest::of(b"a"), now, end).await.unwrap());
        assert!(!keys.clone().first_use("nonce", &Digest::of(b"a"), now, end).await.unwrap());
    }

    #[test]
    fn no_secret_is_shown() {
        let keys = MemoryKeys::new().with_key(key("a", 77), Service::new("ada"));
        assert_eq!(format!("{keys:?}"), "MemoryKeys { keys: [Key { id: \"a\", algorithm: HmacSha256, .. }], .. }");
    }
}
