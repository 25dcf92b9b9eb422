//! [`RedisStore`]: logins and replay records in Redis, in front of a store that keeps the accounts.

mod accounts;
mod counters;
mod groups;
#[cfg(feature = "keys")]
mod keys;
mod logins;
mod manage;
mod script;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_runtime::store::{Id, StoreError, StoreResult};
use redis::Client;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

pub use self::counters::RedisCounters;

/// Logins, their access tokens and replay records in Redis; accounts, groups, clients and personal tokens in `B`. Clones share the
/// connections.
///
/// A request costs one command to Redis and the look-up of an account by its primary key in `B`, whose word counts: a
/// password that was changed or an account that was disabled there ends its logins here at once, even when Redis cannot be
/// told. Logins that `B` kept before stay good.
///
/// It needs a Redis (6.2 or newer) whose `maxmemory-policy` is `noeviction`: an evicted login is a user who is logged out,
/// and an evicted replay record a code that works twice. Several keys are changed together, so it is no cluster.
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
        Ok(Self { accounts, redis: Redis::open(address).await? })
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

/// A connection that comes back by itself, and what all keys begin with.
#[derive(Clone)]
struct Redis {
    connection: ConnectionManager,
    prefix: Arc<str>,
}

impl Redis {
    async fn open(address: &str) -> StoreResult<Self> {
        let timeout = Some(Duration::from_secs(5));
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(2)
            .set_connection_timeout(timeout)
            .set_response_timeout(timeout);
        let client = Client::open(address).map_err(failed)?;
        let connection = client.get_connection_manager_with_config(config).await.map_err(failed)?;
        Ok(Self { connection, prefix: "auth:".into() })
    }
}

fn failed(error: redis::RedisError) -> StoreError {
    StoreError::new(error)
}

/// Ids in Redis are negative, so that none is taken for one of the store behind.
fn own(id: i64) -> Id {
    Id::from(-id)
}

/// The number in an id of this store.
fn own_number(id: &Id) -> Option<i64> {
    id.number().filter(|&number| number < 0).and_then(i64::checked_neg)
}

/// Whole milliseconds.
fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds, or nothing.
fn maybe_millis(time: Option<Duration>) -> String {
    time.map(|time| millis(time).to_string()).unwrap_or_default()
}

fn hex(digest: &auth_runtime::Digest) -> String {
    use std::fmt::Write as _;
    digest.as_bytes().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
