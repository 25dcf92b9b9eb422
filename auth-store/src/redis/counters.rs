//! [`RedisCounters`]: throttles that several machines share.

use std::fmt;
use std::time::Duration;

use auth_runtime::store::StoreResult;
use auth_runtime::throttle::{BoxFuture, CounterStore, Limit, Taken};

use super::call::Redis;
use super::millis;
use super::script::{GIVE_BACK, TAKE, TAKE_OF_BUCKET};
use crate::options::StoreOptions;

/// Counters for throttles in Redis, for `Counters::shared`. Every process with the same Redis and prefix counts together.
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
    /// When the address is none, or nobody answers there.
    pub async fn open(address: &str) -> StoreResult<Self> {
        Self::open_with(address, StoreOptions::default()).await
    }

    /// [`open`](Self::open), with these options.
    ///
    /// # Errors
    ///
    /// When the address is none, or nobody answers there.
    pub async fn open_with(address: &str, options: StoreOptions) -> StoreResult<Self> {
        Ok(Self(Redis::open(address, options).await?))
    }

    pub(super) fn over(redis: Redis) -> Self {
        Self(redis)
    }

    /// With another beginning of all keys than `auth:`.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        self.0.prefix = prefix.into();
        self
    }

    fn key(&self, key: &str) -> String {
        format!("{}counter:{key}", self.0.prefix)
    }
}

impl CounterStore for RedisCounters {
    fn take<'a>(&'a self, key: &'a str, limit: Limit, now: Duration) -> BoxFuture<'a, StoreResult<Taken>> {
        Box::pin(async move {
            let window = i64::try_from(limit.window.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX);
            let mut arguments = vec![limit.count.to_string(), window.to_string(), millis(now).to_string()];
            let script = match limit.burst.filter(|_| limit.count > 0) {
                Some(burst) => {
                    arguments.push(burst.max(1).to_string());
                    &TAKE_OF_BUCKET
                }
                None => &TAKE,
            };
            let wait: u64 = self.0.call().run_on(script, self.key(key), &arguments).await?;
            Ok(if wait == 0 { Taken::Counted } else { Taken::Wait(Duration::from_millis(wait)) })
        })
    }

    fn give_back<'a>(&'a self, key: &'a str, at: Duration) -> BoxFuture<'a, StoreResult<()>> {
        Box::pin(async move {
            self.0.call().run_on::<i64>(&GIVE_BACK, self.key(key), &[millis(at).to_string()]).await.map(drop)
        })
    }
}
