//! What was used already, in memory.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use auth_runtime::Digest;

/// Calls that began a little earlier must still find what has just expired.
const GRACE: Duration = Duration::from_secs(60);

/// How many expired records go with each one that comes: more than one, so that they become fewer, and no more, so that no
/// request waits for all that have expired while there was none.
const SWEPT_AT_ONCE: usize = 2;

/// The records of each scope. There are few scopes, one for each scheme.
#[derive(Default)]
pub(super) struct Replays(Mutex<BTreeMap<String, Records>>);

/// Records with their ends. What has expired goes as new ones come, so that there are hardly ever more than came within the
/// longest time that one lasts.
#[derive(Default)]
struct Records {
    ends: HashMap<Record, Duration>,
    /// By the second in which they end.
    ending: BTreeMap<u64, Vec<Record>>,
}

/// The digest of what was used.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Record([u8; 32]);

impl Hash for Record {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Nobody finds many digests with one half in common.
        state.write(&self.0[..16]);
    }
}

impl Replays {
    pub(super) fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> bool {
        let mut scopes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let record = Record(*key.as_bytes());
        if let Some(records) = scopes.get_mut(scope) {
            return records.first_use(record, now, expires);
        }
        scopes.entry(scope.to_owned()).or_default().first_use(record, now, expires)
    }
}

impl Records {
    fn first_use(&mut self, record: Record, now: Duration, expires: Duration) -> bool {
        self.sweep(now.saturating_sub(GRACE));
        let end = self.ends.entry(record).or_default();
        if *end > now {
            return false;
        }
        *end = expires;
        self.ending.entry(expires.as_secs()).or_default().push(record);
        true
    }

    fn sweep(&mut self, before: Duration) {
        for _ in 0..SWEPT_AT_ONCE {
            let Some(mut first) = self.ending.first_entry().filter(|first| *first.key() < before.as_secs()) else {
                return;
            };
            let second = *first.key();
            let record = first.get_mut().pop();
            if first.get().is_empty() {
                first.remove();
            }
            // One that was used again has another end meanwhile, and a place of its own.
            if let Some(record) = record
                && self.ends.get(&record).is_some_and(|end| end.as_secs() == second)
            {
                self.ends.remove(&record);
            }
        }
    }
}

impl fmt::Debug for Replays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Replays(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn count(replays: &Replays) -> (usize, usize) {
        let scopes = replays.0.lock().unwrap();
        scopes.values().fold((0, 0), |(ends, places), records| {
            (ends + records.ends.len(), places + records.ending.values().map(Vec::len).sum::<usize>())
        })
    }

    #[test]
    fn a_key_is_used_once_until_its_end_in_each_scope() {
        let (replays, key) = (Replays::default(), Digest::of(b"nonce"));
        for scope in ["a", "b", "", "ab"] {
            assert!(replays.first_use(scope, &key, NOW, NOW + seconds(300)), "{scope}");
            // A refused use does not move the end.
            assert!(!replays.first_use(scope, &key, NOW + seconds(299), NOW + seconds(900)), "{scope}");
            assert!(replays.first_use(scope, &key, NOW + seconds(300), NOW + seconds(600)), "{scope}");
            assert!(!replays.first_use(scope, &key, NOW + seconds(599), NOW + seconds(600)), "{scope}");
        }
        assert!(replays.first_use("a", &Digest::of(b"other"), NOW, NOW + seconds(300)));
    }

    #[test]
    fn what_has_expired_goes_a_minute_later_and_nothing_else_does() {
        let replays = Replays::default();
        for n in 0..600_u64 {
            let (key, now) = (Digest::of(&n.to_be_bytes()), NOW + seconds(n));
            assert!(replays.first_use("nonce", &key, now, now + seconds(30)));
            let (records, places) = count(&replays);
            assert!(records <= 91 && places <= 91, "{records} {places}");
        }
        assert!(replays.first_use("nonce", &Digest::of(b"for ever"), NOW, Duration::MAX));
        let late = NOW + seconds(10_000_000);
        for _ in 0..=91 / SWEPT_AT_ONCE {
            assert!(!replays.first_use("nonce", &Digest::of(b"for ever"), late, Duration::MAX));
        }
        assert_eq!(count(&replays), (1, 1));
    }

    #[test]
    fn one_that_was_used_again_stays_until_its_second_end() {
        let (replays, key) = (Replays::default(), Digest::of(b"nonce"));
        assert!(replays.first_use("nonce", &key, NOW, NOW + seconds(10)));
        assert!(replays.first_use("nonce", &key, NOW + seconds(10), NOW + seconds(1_000)));
        assert!(!replays.first_use("nonce", &key, NOW + seconds(500), NOW + seconds(2_000)));
        assert_eq!(count(&replays), (1, 1));
    }
}
