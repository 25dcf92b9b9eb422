//! [`RedisCounters`]: counters of throttles and failed logins that several machines share.

use std::fmt;
use std::time::Duration;

use auth_runtime::store::StoreResult;
use auth_runtime::throttle::{
    ATTEMPT_IN_FLIGHT, AttemptLimit, AttemptStart, BoxFuture, CountOutcome, CounterStore, Limit,
};

use super::call::Redis;
use super::script::{END_ATTEMPT, GIVE_BACK, START_ATTEMPT, TAKE, TAKE_OF_BUCKET};
use super::values::millis;
use crate::options::StoreOptions;

/// Counters for throttles and failed logins in Redis, for `Counters::shared`. All processes with the same Redis and prefix
/// share them.
///
/// Throttles and failed logins have separate keys, which expire with their windows. A Redis that evicts keys (any
/// `maxmemory-policy` except `noeviction`) may forget that a name is locked.
///
/// ```no_run
/// use auth_runtime::Settings;
/// use auth_runtime::throttle::Counters;
/// use auth_store::RedisCounters;
///
/// # async fn example() -> auth_runtime::store::StoreResult<()> {
/// let counters = RedisCounters::open("redis://127.0.0.1:6379").await?;
/// let settings = Settings::default().with_counters(Counters::shared(counters));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RedisCounters(Redis);

impl fmt::Debug for RedisCounters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCounters").finish_non_exhaustive()
    }
}

impl RedisCounters {
    /// Connects to `redis://user:password@host:6379/0`.
    ///
    /// # Errors
    ///
    /// If the address is not valid, or the server does not answer.
    pub async fn open(address: &str) -> StoreResult<Self> {
        Self::open_with(address, StoreOptions::default()).await
    }

    /// Does the same as [`open`](Self::open), with these options.
    ///
    /// # Errors
    ///
    /// If the address is not valid, or the server does not answer.
    pub async fn open_with(address: &str, options: StoreOptions) -> StoreResult<Self> {
        Ok(Self(Redis::open(address, options).await?))
    }

    pub(super) fn over(redis: Redis) -> Self {
        Self(redis)
    }

    /// Sets the prefix of all keys. The default is `auth:`.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        self.0.prefix = prefix.into();
        self
    }

    fn key(&self, key: &str) -> String {
        format!("{}counter:{key}", self.0.prefix)
    }

    fn attempt_keys(&self, limits: &[AttemptLimit]) -> Vec<String> {
        limits.iter().map(|limit| format!("{}attempt:{}", self.0.prefix, limit.key)).collect()
    }
}

impl CounterStore for RedisCounters {
    fn take<'a>(&'a self, key: &'a str, limit: Limit, now: Duration) -> BoxFuture<'a, StoreResult<CountOutcome>> {
        Box::pin(async move {
            let mut arguments = vec![limit.count.to_string(), window(limit).to_string(), millis(now).to_string()];
            let script = match limit.burst.filter(|_| limit.count > 0) {
                Some(burst) => {
                    arguments.push(burst.max(1).to_string());
                    &TAKE_OF_BUCKET
                }
                None => &TAKE,
            };
            let wait: u64 = self.0.call().run_on(script, self.key(key), &arguments).await?;
            Ok(if wait == 0 { CountOutcome::Counted } else { CountOutcome::Wait(Duration::from_millis(wait)) })
        })
    }

    fn give_back<'a>(&'a self, key: &'a str, at: Duration) -> BoxFuture<'a, StoreResult<()>> {
        Box::pin(async move {
            self.0.call().run_on::<i64>(&GIVE_BACK, self.key(key), &[millis(at).to_string()]).await.map(drop)
        })
    }
    fn start_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        now: Duration,
    ) -> BoxFuture<'a, StoreResult<AttemptStart>> {
        Box::pin(async move {
            let mut arguments = vec![millis(now).to_string(), millis(ATTEMPT_IN_FLIGHT).to_string()];
            for AttemptLimit { limit, .. } in limits {
                arguments.extend([limit.count.to_string(), window(*limit).to_string()]);
            }
            let keys = self.attempt_keys(limits);
            let answer: (u8, usize, u64) = self.0.call().run_on_all(&START_ATTEMPT, &keys, &arguments).await?;
            Ok(match answer {
                (0, _, _) => AttemptStart::Started,
                (1, limit, wait) => {
                    AttemptStart::TooManyFailures { limit: limit.saturating_sub(1), wait: Duration::from_millis(wait) }
                }
                _ => AttemptStart::TooManyInFlight,
            })
        })
    }

    fn end_attempt<'a>(
        &'a self,
        limits: &'a [AttemptLimit],
        started: Duration,
        failed: bool,
    ) -> BoxFuture<'a, StoreResult<()>> {
        Box::pin(async move {
            let arguments = [millis(started).to_string(), u8::from(failed).to_string()];
            self.0.call().run_on_all::<i64>(&END_ATTEMPT, &self.attempt_keys(limits), &arguments).await.map(drop)
        })
    }
}

/// Returns the window in milliseconds, rounded up so that a fraction does not shorten it.
fn window(limit: Limit) -> i64 {
    i64::try_from(limit.window.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX)
}
