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
/// A request costs one command to Redis and one look-up of an account by its primary key in `B`, which is authoritative.
/// Therefore changing a password, disabling an account and ending all logins of an account end the logins here at once, even if
/// Redis is unreachable, and permanently, even if Redis is restored to an older state. Logins that `B` stored earlier stay
/// valid.
///
/// Everything else is as durable as Redis: the end of a single login, the end of a client's logins with the client, replay
/// records and counters. A Redis that crashes, fails over to a replica that lags or is restored from a backup loses its latest
/// changes: a login that its owner ended is valid again until it expires, and a value that may be used once, such as the nonce
/// of a signed request, is accepted once more. `appendonly yes` with `appendfsync everysec` loses at most one second in a
/// crash, and `appendfsync always` loses nothing. After a failover or a restore, end all logins of the accounts for which this
/// matters.
///
/// It needs Redis 6.2 or newer with `maxmemory-policy noeviction`: evicting a login logs a user out, and evicting a replay
/// record lets a code work twice. A Redis Cluster is not supported, since one script changes several keys. If Redis reveals its
/// settings, opening the store logs a warning for another `maxmemory-policy` and for `appendonly no`.
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
    /// If the address is not valid, or the server does not answer.
    pub async fn open(accounts: B, address: &str) -> StoreResult<Self> {
        Self::open_with(accounts, address, StoreOptions::default()).await
    }

    /// Does the same as [`open`](Self::open), with these options. The call timeout applies to a call of this store as a whole,
    /// including what it asks of Redis and of `accounts`.
    ///
    /// # Errors
    ///
    /// If the address is not valid, or the server does not answer.
    pub async fn open_with(accounts: B, address: &str, options: StoreOptions) -> StoreResult<Self> {
        let redis = Redis::open(address, options).await?;
        redis.check_settings().await;
        Ok(Self { accounts, redis })
    }

    /// Sets the prefix of all keys, so that several applications can share a Redis. The default is `auth:`.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        self.redis.prefix = prefix.into();
        self
    }

    /// Returns the store that keeps the accounts.
    pub fn accounts(&self) -> &B {
        &self.accounts
    }

    /// Returns counters for throttles in the same Redis.
    pub fn counters(&self) -> RedisCounters {
        RedisCounters::over(self.redis.clone())
    }
}
