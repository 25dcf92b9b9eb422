//! Counters that several processes share: [`CounterStore`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::store::backend::StoreResult;
use crate::value::limit::Limit;

/// The result of counting an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum CountOutcome {
    /// The event was counted and may go on.
    Counted,
    /// The limit is reached, so the event was not counted. Another event is possible after this time.
    Wait(Duration),
}

/// A future of a trait that is used as `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Stores counters that several processes share.
///
/// Times are since the Unix epoch, in whole milliseconds. A key always comes with the same limit. Every method is atomic:
/// concurrent calls never count more than the limit allows. The keys of events and those of attempts are independent.
pub trait CounterStore: Send + Sync + 'static {
    /// Counts one event at `now`, unless `limit.count` events were counted under `key` within the window that ends at `now`.
    ///
    /// An event that is exactly `limit.window` old no longer counts. An event later than `now` does: clocks differ.
    fn take<'a>(&'a self, key: &'a str, limit: Limit, now: Duration) -> BoxFuture<'a, StoreResult<CountOutcome>>;

    /// Removes one event that was counted at `at` under `key`, if there is one.
    fn give_back<'a>(&'a self, key: &'a str, at: Duration) -> BoxFuture<'a, StoreResult<()>>;

    /// Starts an attempt that may fail, such as a login, unless one of `limits` is used up. It counts under all of their keys
    /// or under none.
    ///
    /// Attempts in flight count like failures, so that concurrent guesses are never judged more often than the limit allows. An
    /// attempt that has not ended within [`ATTEMPT_IN_FLIGHT`] counts as failed.
    fn start_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        now: Duration,
    ) -> BoxFuture<'a, StoreResult<AttemptStart>>;

    /// Ends an attempt that started at `started` with the same `limits`. It still counts only if it `failed`.
    fn end_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        started: Duration,
        failed: bool,
    ) -> BoxFuture<'a, StoreResult<()>>;
}

/// Lets a program keep a handle on counters that it shares.
impl<C: CounterStore> CounterStore for Arc<C> {
    fn take<'a>(&'a self, key: &'a str, limit: Limit, now: Duration) -> BoxFuture<'a, StoreResult<CountOutcome>> {
        C::take(self, key, limit, now)
    }

    fn give_back<'a>(&'a self, key: &'a str, at: Duration) -> BoxFuture<'a, StoreResult<()>> {
        C::give_back(self, key, at)
    }

    fn start_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        now: Duration,
    ) -> BoxFuture<'a, StoreResult<AttemptStart>> {
        C::start_attempt(self, limits, now)
    }

    fn end_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        started: Duration,
        failed: bool,
    ) -> BoxFuture<'a, StoreResult<()>> {
        C::end_attempt(self, limits, started, failed)
    }
}

/// How long an attempt that does not [end](CounterStore::end_attempt) counts as in flight. Then it counts as failed.
pub const ATTEMPT_IN_FLIGHT: Duration = Duration::from_secs(60);

/// A limit on failed attempts, and the key they are counted under.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct AttemptLimit {
    /// The key. It always comes with the same limit.
    pub key: String,
    /// How many attempts may fail. A [burst](Limit::burst) is ignored: failures are counted in a sliding window.
    pub limit: Limit,
}

/// Whether an attempt may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum AttemptStart {
    /// It counts under every key until it ends.
    Started,
    /// Too many attempts failed. It is not counted.
    TooManyFailures {
        /// The index of the limit with the longest wait.
        limit: usize,
        /// How long until an attempt is possible again.
        wait: Duration,
    },
    /// Too many attempts are in flight, although not too many have failed. It is not counted.
    TooManyInFlight,
    /// There is no room for another key. It is not counted.
    NoRoom,
}
