//! Counters in the memory of one process: [`MemoryCounters`].

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::future::ready;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::attempts::AttemptLog;
use super::contract::{AttemptLimit, AttemptStart, BoxFuture, CountOutcome, CounterStore};
use super::key::{Key, digest, millis, millis_up};
use crate::store::backend::StoreResult;
use crate::value::limit::Limit;

/// Counters in the memory of one process, for a bounded number of keys.
///
/// When there is no room for another key, all keys whose events are outside their window are forgotten. If there are none, the
/// least recently used key is forgotten. A key takes no more room than `count` of its limit needs. Keys are kept as digests.
///
/// Attempts that may fail, such as logins, have as much room of their own, so that throttled requests do not push them out.
/// There, a key at its limit is never forgotten. If all keys are at their limit, attempts under new keys are refused.
pub struct MemoryCounters {
    capacity: usize,
    log: Mutex<Log>,
    attempts: AttemptLog,
}

impl Default for MemoryCounters {
    /// Creates counters for 100 000 keys.
    fn default() -> Self {
        Self::with_capacity(100_000)
    }
}

impl MemoryCounters {
    /// Creates counters for this many keys, at least one.
    pub fn with_capacity(keys: usize) -> Self {
        let capacity = keys.max(1);
        Self { capacity, log: Mutex::default(), attempts: AttemptLog::with_capacity(capacity) }
    }

    /// Counts one event at `now`, or returns how long to wait: see [`CounterStore::take`].
    pub fn take_now(&self, key: &str, limit: Limit, now: Duration) -> CountOutcome {
        let count = usize::try_from(limit.count).unwrap_or(usize::MAX);
        if count == 0 {
            return CountOutcome::Wait(limit.window);
        }
        let (key, window) = (digest(key), millis_up(limit.window));
        if let Some(burst) = limit.burst {
            return self.with_log(|log| {
                let mut counter = log.remove(&key).unwrap_or_else(|| {
                    log.make_room(self.capacity, millis(now));
                    Counter::default()
                });
                let taken = counter.take_of_bucket(limit, burst, now);
                log.insert(key, counter);
                taken
            });
        }
        let now = millis(now);
        self.with_log(|log| {
            let mut counter = log.remove(&key).unwrap_or_else(|| {
                log.make_room(self.capacity, now);
                Counter::default()
            });
            counter.window = window;
            let taken = counter.take(count, now);
            log.insert(key, counter);
            taken
        })
    }

    /// Removes one event that was counted at `at`: see [`CounterStore::give_back`].
    pub fn give_back_now(&self, key: &str, at: Duration) {
        let (key, at) = (digest(key), millis(at));
        self.with_log(|log| {
            let Some(mut counter) = log.remove(&key) else { return };
            if let Ok(index) = counter.times.binary_search(&at) {
                counter.times.remove(index);
            }
            if !counter.times.is_empty() {
                log.insert(key, counter);
            }
        });
    }

    /// Starts an attempt that may fail, unless one of `limits` is used up: see [`CounterStore::start_attempt`].
    pub fn start_attempt_now(&self, limits: &[AttemptLimit], now: Duration) -> AttemptStart {
        self.attempts.start(limits, now)
    }

    /// Ends an attempt: see [`CounterStore::end_attempt`].
    pub fn end_attempt_now(&self, limits: &[AttemptLimit], started: Duration, failed: bool) {
        self.attempts.end(limits, started, failed);
    }

    fn with_log<T>(&self, work: impl FnOnce(&mut Log) -> T) -> T {
        work(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl CounterStore for MemoryCounters {
    fn take<'a>(&'a self, key: &'a str, limit: Limit, now: Duration) -> BoxFuture<'a, StoreResult<CountOutcome>> {
        Box::pin(ready(Ok(self.take_now(key, limit, now))))
    }

    fn give_back<'a>(&'a self, key: &'a str, at: Duration) -> BoxFuture<'a, StoreResult<()>> {
        self.give_back_now(key, at);
        Box::pin(ready(Ok(())))
    }

    fn start_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        now: Duration,
    ) -> BoxFuture<'a, StoreResult<AttemptStart>> {
        Box::pin(ready(Ok(self.start_attempt_now(limits, now))))
    }

    fn end_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        started: Duration,
        failed: bool,
    ) -> BoxFuture<'a, StoreResult<()>> {
        self.end_attempt_now(limits, started, failed);
        Box::pin(ready(Ok(())))
    }
}

impl fmt::Debug for MemoryCounters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCounters").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

/// The counters, in two orders, so that a full log does not need a search.
#[derive(Default)]
struct Log {
    counters: HashMap<Key, Counter>,
    by_use: BTreeMap<u64, Key>,
    by_end: BTreeSet<(u64, Key)>,
    uses: u64,
}

impl Log {
    fn insert(&mut self, key: Key, mut counter: Counter) {
        self.uses += 1;
        counter.used = self.uses;
        self.by_use.insert(counter.used, key);
        self.by_end.insert((counter.end(), key));
        self.counters.insert(key, counter);
    }

    fn remove(&mut self, key: &Key) -> Option<Counter> {
        let counter = self.counters.remove(key)?;
        self.by_use.remove(&counter.used);
        self.by_end.remove(&(counter.end(), *key));
        Some(counter)
    }

    fn make_room(&mut self, capacity: usize, now: u64) {
        if self.counters.len() < capacity {
            return;
        }
        while let Some((_, key)) = self.by_end.first().copied().filter(|(end, _)| *end <= now) {
            self.remove(&key);
        }
        if self.counters.len() >= capacity
            && let Some((_, key)) = self.by_use.first_key_value()
        {
            self.remove(&key.clone());
        }
    }
}

/// One key's events, in milliseconds.
#[derive(Default)]
struct Counter {
    /// In order. Only the latest ones, as many as the limit counts: older ones do not decide whether another is too many.
    times: VecDeque<u64>,
    window: u64,
    used: u64,
    /// When a token bucket will be full again, in nanoseconds (the generic cell rate algorithm of ITU-T I.371).
    full_at: Option<u128>,
}

impl Counter {
    fn take_of_bucket(&mut self, limit: Limit, burst: u32, now: Duration) -> CountOutcome {
        let each = (limit.window.as_nanos() / u128::from(limit.count)).max(1);
        let (now, room) = (now.as_nanos(), each * u128::from(burst.max(1)));
        // A bucket cannot be emptier than empty: one that seems to be was used before the clock was set back.
        let full_at = self.full_at.insert(self.full_at.unwrap_or(0).clamp(now, now + room));
        let with_this = *full_at + each;
        if let Some(wait) = with_this.checked_sub(now + room).filter(|&wait| wait > 0) {
            return CountOutcome::Wait(Duration::from_millis(
                u64::try_from(wait.div_ceil(1_000_000)).unwrap_or(u64::MAX),
            ));
        }
        *full_at = with_this;
        CountOutcome::Counted
    }

    fn take(&mut self, count: usize, now: u64) -> CountOutcome {
        // An event cannot lie in the future: the clock was set back, or two callers read it in another order than they arrive
        // here.
        for time in self.times.iter_mut().rev().take_while(|time| **time > now) {
            *time = now;
        }
        if let Some(surplus) = self.times.len().checked_sub(count) {
            // The oldest of `count` events: while it counts, all of them do.
            let end = self.times[surplus].saturating_add(self.window);
            if end > now {
                return CountOutcome::Wait(Duration::from_millis(end - now));
            }
            self.times.drain(..=surplus);
        }
        self.times.push_back(now);
        CountOutcome::Counted
    }

    /// Returns when its last event leaves the window.
    fn end(&self) -> u64 {
        let full_at = self.full_at.map_or(0, |nanos| u64::try_from(nanos.div_ceil(1_000_000)).unwrap_or(u64::MAX));
        self.times.back().map_or(full_at, |last| last.saturating_add(self.window))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const WINDOW: u64 = 10;

    fn take(counters: &MemoryCounters, key: &str, count: u32, now: u64) -> CountOutcome {
        let limit = Limit::new(count, Duration::from_millis(WINDOW));
        counters.take_now(key, limit, Duration::from_millis(now))
    }

    fn give_back(counters: &MemoryCounters, key: &str, at: u64) {
        counters.give_back_now(key, Duration::from_millis(at));
    }

    fn wait(millis: u64) -> CountOutcome {
        CountOutcome::Wait(Duration::from_millis(millis))
    }

    /// The number of keys that are kept, in both orders as well.
    fn keys(counters: &MemoryCounters) -> usize {
        counters.with_log(|log| {
            let keys = log.counters.len();
            assert_eq!((log.by_use.len(), log.by_end.len()), (keys, keys));
            keys
        })
    }

    #[test]
    fn an_event_counts_until_it_is_as_old_as_the_window() {
        let counters = MemoryCounters::default();
        assert_eq!(take(&counters, "a", 2, 100), CountOutcome::Counted);
        assert_eq!(take(&counters, "a", 2, 104), CountOutcome::Counted);
        assert_eq!(take(&counters, "a", 2, 104), wait(6));
        assert_eq!(take(&counters, "a", 2, 109), wait(1));
        assert_eq!(take(&counters, "a", 2, 110), CountOutcome::Counted);
        assert_eq!(take(&counters, "a", 2, 110), wait(4));
    }

    #[test]
    fn a_refused_event_is_not_counted() {
        let counters = MemoryCounters::default();
        assert_eq!(take(&counters, "a", 1, 100), CountOutcome::Counted);
        for now in 101..110 {
            assert_eq!(take(&counters, "a", 1, now), wait(110 - now));
        }
        assert_eq!(take(&counters, "a", 1, 110), CountOutcome::Counted);
    }

    #[test]
    fn keys_do_not_count_for_each_other() {
        let counters = MemoryCounters::default();
        for key in ["a", "b", "ab", ""] {
            assert_eq!(take(&counters, key, 1, 100), CountOutcome::Counted, "{key}");
            assert_eq!(take(&counters, key, 1, 100), wait(10), "{key}");
        }
    }

    #[test]
    fn limit_of_zero_counts_and_keeps_nothing() {
        let counters = MemoryCounters::default();
        assert_eq!(take(&counters, "a", 0, 100), wait(10));
        assert_eq!(keys(&counters), 0);
    }

    #[test]
    fn a_window_is_not_rounded_down() {
        let counters = MemoryCounters::default();
        let limit = Limit::new(1, Duration::from_micros(1500));
        let at = |millis| counters.take_now("a", limit, Duration::from_millis(millis));
        assert_eq!([at(100), at(101), at(102)], [CountOutcome::Counted, wait(1), CountOutcome::Counted]);
    }

    #[test]
    fn returned_event_leaves_room_for_another() {
        let counters = MemoryCounters::default();
        for now in [100, 101, 101] {
            assert_eq!(take(&counters, "a", 3, now), CountOutcome::Counted);
        }
        give_back(&counters, "a", 101);
        assert_eq!(take(&counters, "a", 3, 102), CountOutcome::Counted);
        assert_eq!(take(&counters, "a", 3, 102), wait(8));
        give_back(&counters, "a", 100);
        assert_eq!(take(&counters, "a", 3, 103), CountOutcome::Counted);
        assert_eq!(take(&counters, "a", 3, 103), wait(8));
    }

    #[test]
    fn uncounted_event_cannot_be_given_back() {
        let counters = MemoryCounters::default();
        assert_eq!(take(&counters, "a", 1, 100), CountOutcome::Counted);
        give_back(&counters, "a", 99);
        give_back(&counters, "b", 100);
        assert_eq!(take(&counters, "a", 1, 100), wait(10));
    }

    #[test]
    fn a_key_without_events_is_forgotten() {
        let counters = MemoryCounters::default();
        take(&counters, "a", 1, 100);
        give_back(&counters, "a", 100);
        assert_eq!(keys(&counters), 0);
    }

    #[test]
    fn full_log_forgets_keys_with_expired_events_first() {
        let counters = MemoryCounters::with_capacity(3);
        take(&counters, "over", 2, 99);
        take(&counters, "counts", 1, 101);
        take(&counters, "over too", 1, 100);
        assert_eq!(keys(&counters), 3);
        take(&counters, "new", 1, 110);
        assert_eq!(keys(&counters), 2);
        assert_eq!(take(&counters, "counts", 1, 110), wait(1));
    }

    #[test]
    fn full_log_forgets_the_least_recently_used_key() {
        let counters = MemoryCounters::with_capacity(2);
        take(&counters, "attacked", 1, 100);
        take(&counters, "idle", 1, 101);
        assert_eq!(take(&counters, "attacked", 1, 102), wait(8));
        take(&counters, "new", 1, 103);
        assert_eq!(keys(&counters), 2);
        assert_eq!(take(&counters, "attacked", 1, 104), wait(6));
        assert_eq!(take(&counters, "idle", 1, 104), CountOutcome::Counted);
    }

    #[test]
    fn a_key_takes_no_more_room_than_its_limit() {
        let counters = MemoryCounters::default();
        for now in (0..100_000).step_by(4) {
            assert_eq!(take(&counters, "a", 3, now), CountOutcome::Counted);
        }
        counters.with_log(|log| {
            let times = &log.counters[&digest("a")].times;
            assert_eq!(times.len(), 3);
            assert!(times.capacity() <= 8, "{}", times.capacity());
        });
    }

    /// All events ever counted under one key, and the same question asked of all of them.
    #[derive(Default)]
    struct Model(Vec<u64>);

    impl Model {
        fn take(&mut self, count: u32, now: u64) -> CountOutcome {
            self.0.iter_mut().for_each(|time| *time = (*time).min(now));
            let mut counting: Vec<u64> = self.0.iter().copied().filter(|time| time + WINDOW > now).collect();
            counting.sort_unstable();
            match counting.len().checked_sub(count as usize) {
                None => {
                    self.0.push(now);
                    CountOutcome::Counted
                }
                Some(surplus) => wait(counting[surplus] + WINDOW - now),
            }
        }

        fn give_back(&mut self, at: u64) {
            if let Some(index) = self.0.iter().position(|time| *time == at) {
                self.0.swap_remove(index);
            }
        }
    }

    proptest! {
        #[test]
        fn counts_match_a_complete_log(
            count in 1_u32..5,
            steps in vec((0..3_usize, 0..4_u64, prop::option::weighted(0.3, 0..12_u64)), 0..200),
        ) {
            let counters = MemoryCounters::default();
            let mut models = <[Model; 3]>::default();
            let mut now = 100;
            for (key, passed, given_back) in steps {
                now += passed;
                let name = ["a", "b", "c"][key];
                if let Some(ago) = given_back {
                    give_back(&counters, name, now - ago);
                    models[key].give_back(now - ago);
                } else {
                    prop_assert_eq!(take(&counters, name, count, now), models[key].take(count, now));
                }
            }
        }

        #[test]
        fn counts_do_not_depend_on_the_order_of_times(count in 1_u32..5, times in vec(0..60_u64, 0..200)) {
            let counters = MemoryCounters::default();
            let mut model = Model::default();
            for now in times {
                let taken = take(&counters, "a", count, now);
                prop_assert_eq!(taken, model.take(count, now));
                if let CountOutcome::Wait(wait) = taken {
                    prop_assert!(wait <= Duration::from_millis(WINDOW));
                }
            }
        }

        #[test]
        fn caller_who_waits_for_retry_after_is_counted_on_any_clock(
            count in 1_u32..5,
            burst in prop::option::of(1_u32..4),
            times in vec(0..100_000_u64, 1..50),
        ) {
            let limit = Limit { burst, ..Limit::new(count, Duration::from_millis(WINDOW)) };
            let counters = MemoryCounters::default();
            for now in times.iter().copied().map(Duration::from_millis) {
                if let CountOutcome::Wait(wait) = counters.take_now("a", limit, now) {
                    prop_assert!(wait <= limit.window, "{wait:?}");
                    prop_assert_eq!(counters.take_now("a", limit, now + wait), CountOutcome::Counted);
                }
            }
        }

        #[test]
        fn capacity_is_never_exceeded(
            capacity in 0..6_usize,
            steps in vec((0..12_u32, 0..4_u64, any::<bool>()), 0..200),
        ) {
            let counters = MemoryCounters::with_capacity(capacity);
            let mut now = 100;
            for (key, passed, given_back) in steps {
                now += passed;
                if given_back {
                    give_back(&counters, &key.to_string(), now);
                } else {
                    take(&counters, &key.to_string(), 2, now);
                }
                prop_assert!(keys(&counters) <= capacity.max(1));
            }
        }
    }
}
