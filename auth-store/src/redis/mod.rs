//! [`RedisStore`]: logins and replay records in Redis, in front of a store that keeps the accounts.

mod accounts;
mod call;
mod counters;
mod groups;
#[cfg(feature = "keys")]
mod keys;
mod logins;
mod manage;
mod script;
mod settings;
mod values;

use std::fmt;

use auth_runtime::store::StoreResult;

use self::call::Redis;
pub use self::counters::RedisCounters;
use crate::options::StoreOptions;

/// Logins, their access tokens and replay records in Redis; accounts, groups, clients and personal tokens in `B`. Clones share the
/// connections.
///
/// A request costs one command to Redis and the look-up of an account by its primary key in `B`, whose word counts. A password
/// that was changed, an account that was disabled and the end of all logins of an account therefore end logins here at once, even
/// when Redis cannot be told, and for good, even when Redis comes back with an older state. Logins that `B` kept before stay good.
///
/// Everything else is as durable as Redis: the end of a single login, the end of a client's logins with the client, replay
/// records and counters. A Redis that crashes, fails over to a replica that was behind or is restored from a backup forgets the
/// last of them: a login that its owner ended is good again until it expires, and what was used once, such as the nonce of a signed
/// request, is accepted once more. `appendonly yes` with `appendfsync everysec` loses a second at most in a crash, and
/// `appendfsync always` nothing. After a failover or a restore, end all logins of those accounts for which it matters.
///
/// It needs a Redis (6.2 or newer) whose `maxmemory-policy` is `noeviction`: an evicted login is a user who is logged out,
/// and an evicted replay record a code that works twice. Several keys are changed together, so it is no cluster. Another
/// `maxmemory-policy` and `appendonly no` are traced as warnings when the store is opened, if Redis tells them.
#[derive(Clone)]
pub struct RedisStore<B> {
    accounts: B,
    redis: Redis,
}

impl<B: fmt::Debug> fmt::Debug for RedisStore<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("accounts", &self.accounts).finish_non_exhaustive()
    }
}

impl<B> RedisStore<B> {
    /// Connects to `redis://user:password@host:6379/0`, in front of `accounts`.
    ///
    /// # Errors
    ///
    /// When the address is none, or nobody answers there.
    pub async fn open(accounts: B, address: &str) -> StoreResult<Self> {
        Self::open_with(accounts, address, StoreOptions::default()).await
    }

    /// [`open`](Self::open), with these options. The time of a call is that of a call of this store, whatever it asks of Redis
    /// and of `accounts`.
    ///
    /// # Errors
    ///
    /// When the address is none, or nobody answers there.
    pub async fn open_with(accounts: B, address: &str, options: StoreOptions) -> StoreResult<Self> {
        let redis = Redis::open(address, options).await?;
        redis.check_settings().await;
        Ok(Self { accounts, redis })
    }

    /// With another beginning of all keys than `auth:`, so that several applications share a Redis.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        self.redis.prefix = prefix.into();
        self
    }

    /// The store that keeps the accounts.
    pub fn accounts(&self) -> &B {
        &self.accounts
    }

    /// Counters for throttles, in the same Redis.
    pub fn counters(&self) -> RedisCounters {
        RedisCounters::over(self.redis.clone())
    }
}
