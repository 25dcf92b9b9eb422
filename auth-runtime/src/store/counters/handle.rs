//! [`Counters`]: kept in this process or in a shared store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::contract::{AttemptLimit, AttemptStart, CountOutcome, CounterStore};
use super::memory::MemoryCounters;
use crate::store::backend::StoreResult;
use crate::value::limit::Limit;

/// Counters, kept in this process or in a store that several processes share. Clones count together.
///
/// ```
/// use std::time::Duration;
/// use auth_runtime::throttle::{Counters, Limit, CountOutcome};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> auth_runtime::store::StoreResult<()> {
/// let counters = Counters::memory();
/// let twice_a_minute = Limit::new(2, Duration::from_secs(60));
/// let now = Duration::from_secs(1_700_000_000);
///
/// assert_eq!(counters.take("ada", twice_a_minute, now).await?, CountOutcome::Counted);
/// assert_eq!(counters.take("ada", twice_a_minute, now).await?, CountOutcome::Counted);
/// assert_eq!(counters.take("ada", twice_a_minute, now).await?, CountOutcome::Wait(Duration::from_secs(60)));
/// assert_eq!(counters.take("bob", twice_a_minute, now).await?, CountOutcome::Counted);
///
/// counters.give_back("ada", now).await?;
/// assert_eq!(counters.take("ada", twice_a_minute, now).await?, CountOutcome::Counted);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Counters(Place);

#[derive(Clone)]
enum Place {
    Memory(Arc<MemoryCounters>),
    Shared(Arc<dyn CounterStore>),
}

impl Default for Counters {
    /// Returns [`Counters::memory`].
    fn default() -> Self {
        Self::memory()
    }
}

impl Counters {
    /// Keeps the counters in the memory of this process: [`MemoryCounters`] of the default size. Two processes allow twice as
    /// much.
    pub fn memory() -> Self {
        Self(Place::Memory(Arc::default()))
    }

    /// Keeps the counters in a store.
    pub fn shared(store: impl CounterStore) -> Self {
        Self(Place::Shared(Arc::new(store)))
    }

    /// Counts one event at `now`, unless `limit.count` events were counted under `key` within the window that ends at
    /// `now`: see [`CounterStore::take`].
    ///
    /// # Errors
    ///
    /// If the store does not answer. Memory always does.
    pub async fn take(&self, key: &str, limit: Limit, now: Duration) -> StoreResult<CountOutcome> {
        match &self.0 {
            Place::Memory(memory) => Ok(memory.take_now(key, limit, now)),
            Place::Shared(store) => store.take(key, limit, now).await,
        }
    }

    /// Removes one event that was counted at `at` under `key`.
    ///
    /// # Errors
    ///
    /// If the store does not answer. Memory always does.
    pub async fn give_back(&self, key: &str, at: Duration) -> StoreResult<()> {
        match &self.0 {
            Place::Memory(memory) => {
                memory.give_back_now(key, at);
                Ok(())
            }
            Place::Shared(store) => store.give_back(key, at).await,
        }
    }

    /// Starts an attempt that may fail, unless one of `limits` is used up: see [`CounterStore::start_attempt`].
    ///
    /// # Errors
    ///
    /// If the store does not answer. Memory always does.
    pub async fn start_attempt(&self, limits: &[AttemptLimit], now: Duration) -> StoreResult<AttemptStart> {
        match &self.0 {
            Place::Memory(memory) => Ok(memory.start_attempt_now(limits, now)),
            Place::Shared(store) => store.start_attempt(limits, now).await,
        }
    }

    /// Ends an attempt: see [`CounterStore::end_attempt`].
    ///
    /// # Errors
    ///
    /// If the store does not answer. Memory always does.
    pub async fn end_attempt(&self, limits: &[AttemptLimit], started: Duration, failed: bool) -> StoreResult<()> {
        match &self.0 {
            Place::Memory(memory) => {
                memory.end_attempt_now(limits, started, failed);
                Ok(())
            }
            Place::Shared(store) => store.end_attempt(limits, started, failed).await,
        }
    }
}

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Place::Memory(_) => "Counters::memory",
            Place::Shared(_) => "Counters::shared",
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Barrier;
    use tokio::task::JoinSet;

    use super::*;
    use crate::store::StoreError;
    use crate::store::counters::BoxFuture;

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    /// Returns how many of 3200 events under one key, from 64 tasks at once, are counted.
    async fn counted_in_parallel(counters: &Counters, limit: Limit) -> usize {
        let barrier = Arc::new(Barrier::new(64));
        let mut tasks = JoinSet::new();
        for _ in 0..64 {
            let (counters, barrier) = (counters.clone(), Arc::clone(&barrier));
            tasks.spawn(async move {
                barrier.wait().await;
                let mut counted = 0;
                for _ in 0..50 {
                    counted += usize::from(counters.take("key", limit, NOW).await.unwrap() == CountOutcome::Counted);
                }
                counted
            });
        }
        tasks.join_all().await.into_iter().sum()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn concurrent_events_never_exceed_the_limit() {
        let limit = Limit::new(1000, Duration::from_secs(60));
        for counters in [Counters::memory(), Counters::shared(MemoryCounters::default())] {
            assert_eq!(counted_in_parallel(&counters, limit).await, 1000, "{counters:?}");
            for _ in 0..7 {
                counters.give_back("key", NOW).await.unwrap();
            }
            assert_eq!(counted_in_parallel(&counters, limit).await, 7, "{counters:?}");
        }
    }

    #[tokio::test]
    async fn a_store_that_does_not_answer_counts_nothing() {
        struct Down;

        impl CounterStore for Down {
            fn take<'a>(&'a self, _: &'a str, _: Limit, _: Duration) -> BoxFuture<'a, StoreResult<CountOutcome>> {
                Box::pin(async { Err(StoreError::new("down")) })
            }

            fn give_back<'a>(&'a self, _: &'a str, _: Duration) -> BoxFuture<'a, StoreResult<()>> {
                Box::pin(async { Err(StoreError::new("down")) })
            }

            fn start_attempt<'a>(
                &'a self,
                _: &'a [AttemptLimit],
                _: Duration,
            ) -> BoxFuture<'a, StoreResult<AttemptStart>> {
                Box::pin(async { Err(StoreError::new("down")) })
            }

            fn end_attempt<'a>(
                &'a self,
                _: &'a [AttemptLimit],
                _: Duration,
                _: bool,
            ) -> BoxFuture<'a, StoreResult<()>> {
                Box::pin(async { Err(StoreError::new("down")) })
            }
        }

        let counters = Counters::shared(Down);
        assert!(counters.take("key", Limit::new(1, Duration::from_secs(1)), NOW).await.is_err());
        assert!(counters.give_back("key", NOW).await.is_err());
    }
}
