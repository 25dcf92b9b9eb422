//! Replay records in memory.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use auth_runtime::Digest;

/// How long expired records are kept, since calls that began a little earlier must still find them.
const GRACE: Duration = Duration::from_secs(60);

/// How many expired records each insertion removes: more than one, so that their number shrinks, and not many more, so that no
/// request has to remove everything that expired during a quiet period.
const SWEPT_AT_ONCE: usize = 2;

/// The records of each scope. There are few scopes, one for each scheme.
pub(super) struct Replays {
    scopes: Mutex<BTreeMap<String, Records>>,
    /// The start of a monotonic timer, which clock changes do not affect.
    began: Instant,
}

/// Records with their expiry. Insertions remove expired records, so there are rarely more than arrived within the longest
/// lifetime of a record.
///
/// A record expires by the clock that requests are judged by, but is removed by a monotonic timer. Therefore, a clock that goes
/// forward and back again finds every record that it still needs.
#[derive(Default)]
struct Records {
    used: HashMap<Record, Ends>,
    /// The records by the second of the timer in which they are removed.
    ending: BTreeMap<u64, Vec<Record>>,
}

/// The digest of the used value.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Record([u8; 32]);

impl Hash for Record {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Half of the digest is enough: finding many digests with the same half is infeasible.
        state.write(&self.0[..16]);
    }
}

#[derive(Clone, Copy)]
struct Ends {
    /// When the record expires, by the clock.
    expires: Duration,
    /// The second of the timer in which the record is removed.
    forgotten: u64,
}

impl Default for Replays {
    fn default() -> Self {
        Self { scopes: Mutex::default(), began: Instant::now() }
    }
}

impl Replays {
    pub(super) fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> bool {
        self.first_use_at(self.began.elapsed(), scope, key, now, expires)
    }

    /// Records a use. `timer` is the time since the records began.
    fn first_use_at(&self, timer: Duration, scope: &str, key: &Digest, now: Duration, expires: Duration) -> bool {
        let mut scopes = self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        let record = Record(*key.as_bytes());
        if let Some(records) = scopes.get_mut(scope) {
            return records.first_use(timer, record, now, expires);
        }
        scopes.entry(scope.to_owned()).or_default().first_use(timer, record, now, expires)
    }
}

impl Records {
    fn first_use(&mut self, timer: Duration, record: Record, now: Duration, expires: Duration) -> bool {
        self.sweep(timer.as_secs());
        if self.used.get(&record).is_some_and(|ends| ends.expires > now) {
            return false;
        }
        let forgotten = timer.saturating_add(expires.saturating_sub(now)).saturating_add(GRACE).as_secs();
        self.used.insert(record, Ends { expires, forgotten });
        self.ending.entry(forgotten).or_default().push(record);
        true
    }

    fn sweep(&mut self, now: u64) {
        for _ in 0..SWEPT_AT_ONCE {
            let Some(mut first) = self.ending.first_entry().filter(|first| *first.key() < now) else {
                return;
            };
            let second = *first.key();
            let record = first.get_mut().pop();
            if first.get().is_empty() {
                first.remove();
            }
            // A record that was used again has a new expiry and its own entry.
            if let Some(record) = record
                && self.used.get(&record).is_some_and(|ends| ends.forgotten == second)
            {
                self.used.remove(&record);
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
        let scopes = replays.scopes.lock().unwrap();
        scopes.values().fold((0, 0), |(used, places), records| {
            (used + records.used.len(), places + records.ending.values().map(Vec::len).sum::<usize>())
        })
    }

    /// Uses the key for `lasts` seconds from `at` on, with the timer and the clock in agreement.
    fn use_at(replays: &Replays, key: &Digest, at: u64, lasts: u64) -> bool {
        let now = NOW + seconds(at);
        replays.first_use_at(seconds(at), "nonce", key, now, now + seconds(lasts))
    }

    #[test]
    fn a_key_is_used_once_until_its_end_in_each_scope() {
        let (replays, key) = (Replays::default(), Digest::of(b"nonce"));
        for scope in ["a", "b", "", "ab"] {
            assert!(replays.first_use(scope, &key, NOW, NOW + seconds(300)), "{scope}");
            // A refused use does not change the expiry.
            assert!(!replays.first_use(scope, &key, NOW + seconds(299), NOW + seconds(900)), "{scope}");
            assert!(replays.first_use(scope, &key, NOW + seconds(300), NOW + seconds(600)), "{scope}");
            assert!(!replays.first_use(scope, &key, NOW + seconds(599), NOW + seconds(600)), "{scope}");
        }
        assert!(replays.first_use("a", &Digest::of(b"other"), NOW, NOW + seconds(300)));
    }

    #[test]
    fn expired_records_are_removed_a_minute_later() {
        let replays = Replays::default();
        for n in 0..600_u64 {
            assert!(use_at(&replays, &Digest::of(&n.to_be_bytes()), n, 30));
            let (records, places) = count(&replays);
            assert!(records <= 92 && places <= 92, "{records} {places}");
        }
        let for_ever = Digest::of(b"for ever");
        assert!(replays.first_use_at(seconds(600), "nonce", &for_ever, NOW, Duration::MAX));
        for _ in 0..=92 / SWEPT_AT_ONCE {
            let late = seconds(10_000_000);
            assert!(!replays.first_use_at(late, "nonce", &for_ever, NOW + late, Duration::MAX));
        }
        assert_eq!(count(&replays), (1, 1));
    }

    #[test]
    fn reused_record_stays_until_its_second_expiry() {
        let (replays, key) = (Replays::default(), Digest::of(b"nonce"));
        assert!(use_at(&replays, &key, 0, 10));
        assert!(use_at(&replays, &key, 10, 990));
        assert!(!use_at(&replays, &key, 500, 1_500));
        assert_eq!(count(&replays), (1, 1));
    }

    #[test]
    fn clock_changes_do_not_lose_records() {
        let (replays, key) = (Replays::default(), Digest::of(b"nonce"));
        assert!(use_at(&replays, &key, 0, 65));
        for ahead in [400, 86_400 * 365] {
            for n in 0..5_u64 {
                let (other, now) = (Digest::of(&(ahead + n).to_be_bytes()), NOW + seconds(ahead));
                assert!(replays.first_use_at(seconds(1), "nonce", &other, now, now + seconds(65)));
            }
            let back = NOW + seconds(2);
            assert!(!replays.first_use_at(seconds(2), "nonce", &key, back, NOW + seconds(65)), "{ahead}");
            let new = Digest::of(&(ahead + 9).to_be_bytes());
            assert!(replays.first_use_at(seconds(2), "nonce", &new, back, back + seconds(65)), "{ahead}");
        }
    }
}
