//! [`ReadCache`]: a cache of recent login and token look-ups.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_runtime::store::{LoginRecord, StoreResult, TokenRecord};
use auth_runtime::{Clock, Digest};

use crate::Account;

/// A cache of recent look-ups, with a maximum size and age.
///
/// An entry that is changed or ended through a store leaves that store's cache at once. A change by another process can go
/// unnoticed for up to [`max_age`](Self::new): a revocation can take this long to reach another machine. Keep `max_age` far
/// below the idle lifetimes of clients. Failed look-ups are not cached.
///
/// ```
/// use std::time::Duration;
/// use auth_store::ReadCache;
///
/// let cache = ReadCache::new(10_000, Duration::from_secs(5));
/// # let _ = cache;
/// ```
pub struct ReadCache {
    size: usize,
    max_age: Duration,
    clock: Clock,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    known: HashMap<Digest, Entry>,
    oldest_first: VecDeque<Digest>,
    /// Counts removals, so that a look-up that began before a removal does not store its outdated result.
    generation: u64,
}

struct Entry {
    found: Found,
    since: Duration,
}

/// The result of a look-up.
#[derive(Clone)]
pub(crate) enum Found {
    Token(TokenRecord<Account>),
    Login(LoginRecord<Account>),
}

impl Found {
    fn account(&self) -> i64 {
        match self {
            Self::Token(record) => record.user.id,
            Self::Login(record) => record.user.id,
        }
    }

    pub(crate) fn token(self) -> Option<TokenRecord<Account>> {
        match self {
            Self::Token(record) => Some(record),
            Self::Login(_) => None,
        }
    }

    pub(crate) fn login(self) -> Option<LoginRecord<Account>> {
        match self {
            Self::Login(record) => Some(record),
            Self::Token(_) => None,
        }
    }
}

impl ReadCache {
    /// Creates a cache of at most `size` look-ups, each kept for `max_age`.
    pub fn new(size: usize, max_age: Duration) -> Self {
        Self { size, max_age, clock: Clock::system(), entries: Mutex::default() }
    }

    /// Uses this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the cached entry for `digest`, or else the result of `look_up`.
    pub(crate) async fn get_or(
        &self,
        digest: &Digest,
        look_up: impl Future<Output = StoreResult<Option<Found>>>,
    ) -> StoreResult<Option<Found>> {
        let now = self.clock.now();
        let generation = {
            let entries = self.entries();
            if let Some(entry) = entries.known.get(digest)
                // Setting the clock back must not make an entry younger.
                && now.checked_sub(entry.since).is_some_and(|age| age < self.max_age)
            {
                return Ok(Some(entry.found.clone()));
            }
            entries.generation
        };
        let found = look_up.await?;
        match &found {
            Some(found) => self.remember(*digest, found.clone(), now, generation),
            // Removed, so that the expired entry does not become valid again when the clock is set back.
            None => self.forget(digest),
        }
        Ok(found)
    }

    fn remember(&self, digest: Digest, found: Found, since: Duration, generation: u64) {
        let mut entries = self.entries();
        if entries.generation != generation {
            return;
        }
        if entries.known.insert(digest, Entry { found, since }).is_none() {
            entries.oldest_first.push_back(digest);
        }
        while entries.oldest_first.len() > self.size {
            if let Some(oldest) = entries.oldest_first.pop_front() {
                entries.known.remove(&oldest);
            }
        }
    }

    fn forget(&self, digest: &Digest) {
        let mut entries = self.entries();
        if entries.known.remove(digest).is_some() {
            entries.oldest_first.retain(|known| known != digest);
        }
    }

    /// Removes the entries of an account.
    pub(crate) fn forget_account(&self, account: i64) {
        let mut entries = self.entries();
        entries.generation += 1;
        let Entries { known, oldest_first, .. } = &mut *entries;
        let before = known.len();
        known.retain(|_, entry| entry.found.account() != account);
        if known.len() != before {
            oldest_first.retain(|digest| known.contains_key(digest));
        }
    }

    /// Removes all entries.
    pub(crate) fn forget_everything(&self) {
        let mut entries = self.entries();
        *entries = Entries { generation: entries.generation + 1, ..Entries::default() };
    }
}

impl fmt::Debug for ReadCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadCache").field("size", &self.size).field("max_age", &self.max_age).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use auth_runtime::store::AccessToken;

    use super::*;

    fn found(account: i64) -> Found {
        let user = Account { id: account, username: String::new(), is_active: true, is_staff: false, epoch: 0 };
        Found::Token(TokenRecord { user, token: AccessToken::default() })
    }

    async fn is_known(cache: &ReadCache, digest: &Digest) -> bool {
        cache.get_or(digest, async { Ok(None) }).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn removal_during_a_look_up_prevents_caching() {
        let cache = ReadCache::new(10, Duration::from_secs(5)).with_clock(Clock::manual(Duration::from_secs(1)));
        let digest = Digest::of(b"token");
        let forget: [fn(&ReadCache); 2] = [|cache| cache.forget_account(7), ReadCache::forget_everything];
        for forget in forget {
            let look_up = async {
                forget(&cache);
                Ok(Some(found(7)))
            };
            assert!(cache.get_or(&digest, look_up).await.unwrap().is_some());
            assert!(!is_known(&cache, &digest).await);
        }
        cache.get_or(&digest, async { Ok(Some(found(7))) }).await.unwrap();
        assert!(is_known(&cache, &digest).await);
    }

    #[tokio::test]
    async fn recached_digest_counts_once() {
        let cache = ReadCache::new(2, Duration::from_secs(5)).with_clock(Clock::manual(Duration::from_secs(1)));
        let digests = [b"a", b"b"].map(|text| Digest::of(text));
        for _ in 0..3 {
            for (account, digest) in (1..).zip(&digests) {
                cache.get_or(digest, async { Ok(Some(found(account))) }).await.unwrap();
                assert!(is_known(&cache, digest).await);
                cache.forget_account(9);
            }
            cache.forget_account(1);
            assert!(!is_known(&cache, &digests[0]).await && is_known(&cache, &digests[1]).await);
        }
        assert!(cache.entries().oldest_first.len() <= 2);
    }
}
