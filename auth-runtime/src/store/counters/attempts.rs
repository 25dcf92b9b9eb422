//! Attempts that may fail, such as logins: [`AttemptLimit`], [`AttemptStart`], and the [`AttemptLog`] that counts them in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::contract::{ATTEMPT_IN_FLIGHT, AttemptLimit, AttemptStart};
use super::key::{Key, digest, millis, millis_up};

/// [`ATTEMPT_IN_FLIGHT`] in milliseconds.
const IN_FLIGHT: u64 = ATTEMPT_IN_FLIGHT.as_secs() * 1_000;

/// Attempts in the memory of one process, for a bounded number of keys.
///
/// When there is no room for another key, keys without events in their window are forgotten first, then those with the fewest
/// events. A key at its limit is never forgotten: otherwise an attacker could unlock a name by trying many others.
pub(super) struct AttemptLog {
    capacity: usize,
    log: Mutex<Log>,
}

impl AttemptLog {
    pub(super) fn with_capacity(keys: usize) -> Self {
        Self { capacity: keys, log: Mutex::default() }
    }

    /// See [`CounterStore::start_attempt`].
    pub(super) fn start(&self, limits: &[AttemptLimit], now: Duration) -> AttemptStart {
        let now = millis(now);
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out of the log, so that making room for one key does not forget another one of these.
        let mut keys: Vec<(Key, Attempts)> = limits.iter().map(|limit| log.take(limit, now)).collect();
        let mut start = verdict(keys.iter().map(|(_, attempts)| attempts), now);
        if start == AttemptStart::Started {
            if log.make_room(self.capacity.saturating_sub(keys.len()), now) {
                for (_, attempts) in &mut keys {
                    attempts.running.insert_in_order(now);
                }
            } else {
                start = AttemptStart::NoRoom;
            }
        }
        for (key, attempts) in keys {
            log.put(key, attempts);
        }
        start
    }

    /// See [`CounterStore::end_attempt`].
    pub(super) fn end(&self, limits: &[AttemptLimit], started: Duration, failed: bool) {
        let started = millis(started);
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        for limit in limits {
            let key = digest(&limit.key);
            let Some(mut attempts) = log.remove(&key) else { continue };
            if attempts.running.remove_one(started) {
                if failed {
                    attempts.failed.insert_in_order(started);
                }
            } else if !failed {
                // It took so long that it was counted as a failure.
                attempts.failed.remove_one(started);
            }
            log.put(key, attempts);
        }
    }
}

/// Combines the verdicts of all keys. Failures decide before attempts in flight do, and the longest wait counts.
fn verdict<'a>(keys: impl Iterator<Item = &'a Attempts>, now: u64) -> AttemptStart {
    let (mut longest, mut is_busy) = (None::<(usize, u64)>, false);
    for (index, attempts) in keys.enumerate() {
        match attempts.wait(now) {
            Some(wait) if longest.is_none_or(|(_, longest)| wait > longest) => longest = Some((index, wait)),
            Some(_) => {}
            None => is_busy |= attempts.is_at_limit(),
        }
    }
    match longest {
        Some((limit, wait)) => AttemptStart::TooManyFailures { limit, wait: Duration::from_millis(wait) },
        None if is_busy => AttemptStart::TooManyInFlight,
        None => AttemptStart::Started,
    }
}

/// The attempts by key, and the two orders in which keys are forgotten.
#[derive(Default)]
struct Log {
    keys: HashMap<Key, Attempts>,
    /// Keys that may be forgotten: by number of events, then by last use.
    spare: BTreeMap<(usize, u64), Key>,
    by_end: BTreeSet<(u64, Key)>,
    uses: u64,
}

impl Log {
    /// Takes the attempts of a key out of the log, brought up to `now`.
    fn take(&mut self, limit: &AttemptLimit, now: u64) -> (Key, Attempts) {
        let key = digest(&limit.key);
        let mut attempts = self.remove(&key).unwrap_or_default();
        attempts.most = usize::try_from(limit.limit.count).unwrap_or(usize::MAX);
        attempts.window = millis_up(limit.limit.window);
        attempts.advance(now);
        (key, attempts)
    }

    fn put(&mut self, key: Key, mut attempts: Attempts) {
        if attempts.events() == 0 {
            return;
        }
        self.uses += 1;
        attempts.used = self.uses;
        if !attempts.is_at_limit() {
            self.spare.insert(attempts.rank(), key);
        }
        self.by_end.insert((attempts.end(), key));
        self.keys.insert(key, attempts);
    }

    fn remove(&mut self, key: &Key) -> Option<Attempts> {
        let attempts = self.keys.remove(key)?;
        self.spare.remove(&attempts.rank());
        self.by_end.remove(&(attempts.end(), *key));
        Some(attempts)
    }

    /// Forgets keys until at most `room` are left. Returns whether that was possible.
    fn make_room(&mut self, room: usize, now: u64) -> bool {
        if self.keys.len() <= room {
            return true;
        }
        while let Some((_, key)) = self.by_end.first().copied().filter(|(end, _)| *end <= now) {
            self.remove(&key);
        }
        while self.keys.len() > room {
            let Some(key) = self.spare.first_key_value().map(|(_, key)| *key) else { return false };
            self.remove(&key);
        }
        true
    }
}

/// The attempts of one key: when they started, in milliseconds and in order.
#[derive(Default)]
struct Attempts {
    failed: VecDeque<u64>,
    running: VecDeque<u64>,
    most: usize,
    window: u64,
    used: u64,
}

impl Attempts {
    /// Forgets attempts outside the window, and counts those as failed that have been in flight for too long.
    fn advance(&mut self, now: u64) {
        // A clock that was ahead must not lock a name for long.
        let latest = now.saturating_add(IN_FLIGHT);
        for times in [&mut self.failed, &mut self.running] {
            times.iter_mut().rev().take_while(|time| **time > latest).for_each(|time| *time = latest);
        }
        while self.running.front().is_some_and(|started| started.saturating_add(IN_FLIGHT) <= now) {
            if let Some(started) = self.running.pop_front() {
                self.failed.insert_in_order(started);
            }
        }
        while self.failed.front().is_some_and(|time| time.saturating_add(self.window) <= now) {
            self.failed.pop_front();
        }
    }

    fn events(&self) -> usize {
        self.failed.len() + self.running.len()
    }

    fn is_at_limit(&self) -> bool {
        self.events() >= self.most
    }

    /// Returns how long until there are fewer failures than the limit allows. `None` means that there are already.
    fn wait(&self, now: u64) -> Option<u64> {
        let surplus = self.failed.len().checked_sub(self.most)?;
        let oldest = self.failed.get(surplus).copied().unwrap_or(now);
        Some(oldest.saturating_add(self.window).saturating_sub(now).clamp(1, self.window.max(1)))
    }

    fn rank(&self) -> (usize, u64) {
        (self.events(), self.used)
    }

    /// Returns when its last event leaves the window.
    fn end(&self) -> u64 {
        self.failed.back().max(self.running.back()).map_or(0, |last| last.saturating_add(self.window))
    }
}

/// A list of times that stays in order, whatever order the callers' clocks were read in.
trait Times {
    fn insert_in_order(&mut self, time: u64);

    /// Removes one such time. Returns whether there was one.
    fn remove_one(&mut self, time: u64) -> bool;
}

impl Times for VecDeque<u64> {
    fn insert_in_order(&mut self, time: u64) {
        let place = self.partition_point(|other| *other <= time);
        self.insert(place, time);
    }

    fn remove_one(&mut self, time: u64) -> bool {
        self.binary_search(&time).is_ok_and(|place| self.remove(place).is_some())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::value::limit::Limit;

    const WINDOW: u64 = 100_000;

    fn limits(keys: &[&str], most: u32) -> Vec<AttemptLimit> {
        let limit = Limit::new(most, Duration::from_millis(WINDOW));
        keys.iter().map(|key| AttemptLimit { key: (*key).to_owned(), limit }).collect()
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn fail(log: &AttemptLog, key: &str, most: u32, now: u64) {
        assert_eq!(log.start(&limits(&[key], most), at(now)), AttemptStart::Started, "{key}");
        log.end(&limits(&[key], most), at(now), true);
    }

    /// The number of keys, in every order.
    fn keys(log: &AttemptLog) -> usize {
        let log = log.log.lock().unwrap();
        let spare = log.keys.values().filter(|attempts| !attempts.is_at_limit()).count();
        assert_eq!((log.spare.len(), log.by_end.len()), (spare, log.keys.len()));
        log.keys.len()
    }

    #[test]
    fn a_key_without_attempts_is_forgotten() {
        let log = AttemptLog::with_capacity(10);
        log.start(&limits(&["a", "b"], 2), at(1));
        assert_eq!(keys(&log), 2);
        log.end(&limits(&["a", "b"], 2), at(1), false);
        assert_eq!(keys(&log), 0);
    }

    #[test]
    fn full_log_forgets_the_key_with_the_fewest_failures() {
        let log = AttemptLog::with_capacity(3);
        fail(&log, "one", 3, 1);
        for key in ["two", "locked"] {
            fail(&log, key, 3, 1);
            fail(&log, key, 3, 2);
        }
        fail(&log, "locked", 3, 3);
        fail(&log, "new", 3, 4);
        let forgotten = |key: &str| {
            let mut log = log.log.lock().unwrap();
            let gone = log.remove(&digest(key));
            let is_gone = gone.is_none();
            if let Some(attempts) = gone {
                log.put(digest(key), attempts);
            }
            is_gone
        };
        assert_eq!(["one", "two", "locked", "new"].map(forgotten), [true, false, false, false]);
    }

    #[test]
    fn keys_of_one_attempt_do_not_displace_each_other() {
        let log = AttemptLog::with_capacity(2);
        fail(&log, "address", 9, 1);
        fail(&log, "other", 9, 2);
        assert_eq!(log.start(&limits(&["name", "address"], 9), at(3)), AttemptStart::Started);
        log.end(&limits(&["name", "address"], 9), at(3), true);
        let log = log.log.lock().unwrap();
        assert_eq!(log.keys[&digest("address")].failed.len(), 2);
    }

    #[test]
    fn a_full_log_of_locked_keys_refuses_new_ones_until_one_is_over() {
        let log = AttemptLog::with_capacity(2);
        for (key, now) in [("a", 1), ("b", 5)] {
            fail(&log, key, 1, now);
        }
        assert_eq!(log.start(&limits(&["c"], 1), at(WINDOW)), AttemptStart::NoRoom);
        let wait = AttemptStart::TooManyFailures { limit: 0, wait: at(1) };
        assert_eq!(log.start(&limits(&["a"], 1), at(WINDOW)), wait, "what is locked says for how long");
        assert_eq!(log.start(&limits(&["c"], 1), at(WINDOW + 1)), AttemptStart::Started);
        assert_eq!(keys(&log), 2);
    }

    proptest! {
        /// Against a list of all attempts.
        #[test]
        fn no_more_attempts_count_than_allowed_and_locked_keys_stay_locked(
            steps in vec((0..8_usize, 0..30_000_u64, 0..3_u8), 0..200),
        ) {
            const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
            let (log, most) = (AttemptLog::with_capacity(3), 2);
            let (mut now, mut failures) = (1_000_000, Vec::new());
            for (key, passed, outcome) in steps {
                now += passed;
                let recent = failures.iter().filter(|(name, time)| *name == key && time + WINDOW > now).count();
                match log.start(&limits(&[NAMES[key]], most), at(now)) {
                    AttemptStart::Started => {
                        prop_assert!(recent < 2, "a locked key was forgotten");
                        log.end(&limits(&[NAMES[key]], most), at(now), outcome > 0);
                        failures.extend((outcome > 0).then_some((key, now)));
                    }
                    AttemptStart::TooManyFailures { wait, .. } => {
                        prop_assert_eq!(recent, 2);
                        prop_assert!(!wait.is_zero() && wait <= at(WINDOW));
                    }
                    AttemptStart::NoRoom => prop_assert!(recent < 2),
                    AttemptStart::TooManyInFlight => prop_assert!(false, "none is in flight"),
                }
                prop_assert!(keys(&log) <= 3);
                // The log may forget a key unless it is locked.
                let recent = |key: usize| failures.iter().filter(|(name, at)| *name == key && at + WINDOW > now).count();
                let kept: Vec<bool> = (0..8).map(|key| recent(key) >= 2 || is_kept(&log, NAMES[key])).collect();
                failures.retain(|(name, _)| kept[*name]);
            }
        }
    }

    fn is_kept(log: &AttemptLog, key: &str) -> bool {
        log.log.lock().unwrap().keys.contains_key(&digest(key))
    }
}
