//! Credentials whose password was verified: [`Remembered`].

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::value::secret::Digest;

/// Credentials that were right, as digests under a secret of this process, with the hash that verified them. They stay right as
/// long as the account has that hash.
pub(crate) struct Remembered {
    /// A hasher that has consumed the secret.
    keyed: Sha256,
    size: usize,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    known: HashMap<Digest, Arc<Known>>,
    oldest_first: VecDeque<Digest>,
}

pub(crate) struct Known {
    pub(crate) username: Box<str>,
    pub(crate) hash: Box<str>,
}

impl Remembered {
    pub(crate) fn new(size: usize) -> Self {
        // As long as a block, so that it is processed once.
        let mut secret = Zeroizing::new([0_u8; 64]);
        getrandom::fill(secret.as_mut()).expect("the operating system gives no randomness");
        Self { keyed: Sha256::new_with_prefix(*secret), size, entries: Mutex::default() }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, credentials: &[u8]) -> Digest {
        Digest::from(<[u8; 32]>::from(self.keyed.clone().chain_update(credentials).finalize()))
    }

    pub(crate) fn find(&self, credentials: &[u8]) -> Option<Arc<Known>> {
        let key = self.key(credentials);
        self.entries().known.get(&key).cloned()
    }

    /// Remembers `credentials` of the account `username` whose password has this hash.
    pub(crate) fn insert(&self, credentials: &[u8], username: &str, hash: &str) {
        let key = self.key(credentials);
        let mut entries = self.entries();
        let known = Known { username: username.into(), hash: hash.into() };
        if entries.known.insert(key, Arc::new(known)).is_none() {
            entries.oldest_first.push_back(key);
        }
        while entries.oldest_first.len() > self.size {
            if let Some(oldest) = entries.oldest_first.pop_front() {
                entries.known.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oldest_entry_is_forgotten_first_and_a_new_hash_replaces_one() {
        let remembered = Remembered::new(2);
        let hash_of = |credentials: &[u8]| remembered.find(credentials).map(|known| known.hash.to_string());
        remembered.insert(b"a", "ada", "old");
        remembered.insert(b"b", "bob", "other");
        remembered.insert(b"a", "ada", "new");
        assert_eq!([hash_of(b"a"), hash_of(b"b"), hash_of(b"c")], [Some("new".into()), Some("other".into()), None]);
        remembered.insert(b"c", "eve", "third");
        assert_eq!([hash_of(b"a"), hash_of(b"b"), hash_of(b"c")], [None, Some("other".into()), Some("third".into())]);
    }

    #[test]
    fn two_processes_know_the_same_by_different_keys() {
        assert_ne!(Remembered::new(1).key(b"a"), Remembered::new(1).key(b"a"));
    }
}
