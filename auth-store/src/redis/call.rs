//! [`Call`]: one call of a Redis store. Everything that it asks of Redis and of the inner store shares its deadline.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use auth_runtime::Digest;
use auth_runtime::store::{StoreError, StoreResult};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisError, RedisResult, Script};
use tokio::time::{Instant, timeout_at};

use super::script::Fields;
use super::values::{failed, hex};
use crate::options::{CallTimedOut, StoreOptions};

/// A connection that reconnects by itself, and the prefix of all keys.
#[derive(Clone)]
pub(super) struct Redis {
    link: Arc<Link>,
    pub(super) prefix: Arc<str>,
    options: StoreOptions,
}

/// The connection to the server: one for all calls, replaced when it does not answer.
struct Link {
    client: Client,
    config: ConnectionManagerConfig,
    current: Mutex<Numbered>,
}

#[derive(Clone)]
struct Numbered {
    number: u64,
    connection: ConnectionManager,
}

impl Link {
    fn current(&self) -> Numbered {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Abandons a connection on which a call timed out: a network may have dropped it without telling either side.
    fn leave(&self, number: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.number == number
            && let Ok(connection) = ConnectionManager::new_lazy_with_config(self.client.clone(), self.config.clone())
        {
            *current = Numbered { number: number + 1, connection };
        }
    }
}

impl Redis {
    pub(super) async fn open(address: &str, options: StoreOptions) -> StoreResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(2)
            .set_connection_timeout(Some(options.call_timeout))
            .set_response_timeout(Some(options.call_timeout));
        let client = Client::open(address).map_err(failed)?;
        let connection = client.get_connection_manager_with_config(config.clone()).await.map_err(failed)?;
        let link = Link { client, config, current: Mutex::new(Numbered { number: 0, connection }) };
        Ok(Self { link: Arc::new(link), prefix: "auth:".into(), options })
    }

    pub(super) fn call(&self) -> Call<'_> {
        Call { redis: self, deadline: Instant::now() + self.options.call_timeout }
    }
}

/// A call, from its start to its deadline: the only way to Redis.
pub(super) struct Call<'a> {
    redis: &'a Redis,
    deadline: Instant,
}

impl Call<'_> {
    /// Runs a script on keys that this store derives.
    pub(super) async fn run<T: FromRedisValue>(&self, script: &Script, arguments: &[String]) -> StoreResult<T> {
        self.run_on(script, self.redis.prefix.to_string(), arguments).await
    }

    /// Runs a script on one key.
    pub(super) async fn run_on<T: FromRedisValue>(
        &self,
        script: &Script,
        key: String,
        arguments: &[String],
    ) -> StoreResult<T> {
        self.run_on_all(script, &[key], arguments).await
    }

    /// Runs a script on several keys.
    pub(super) async fn run_on_all<T: FromRedisValue>(
        &self,
        script: &Script,
        keys: &[String],
        arguments: &[String],
    ) -> StoreResult<T> {
        self.ask(|connection| invoke(script, keys, arguments, connection)).await?.map_err(failed)
    }

    /// Runs a read-only script. Retries it if the connection was cut.
    pub(super) async fn read<T: FromRedisValue>(&self, script: &Script, arguments: &[String]) -> StoreResult<T> {
        let key = [self.redis.prefix.to_string()];
        self.ask_again(|connection| invoke(script, &key, arguments, connection)).await
    }

    /// Returns the fields of the login's hash, if there is one for this digest.
    pub(super) async fn fields(&self, digest: &Digest, names: &[&str]) -> StoreResult<Option<Fields>> {
        let mut command = redis::cmd("HMGET");
        command.arg(format!("{}credential:{}", self.redis.prefix, hex(digest))).arg(names);
        Ok(Fields::read(self.ask_again(|connection| query(&command, connection)).await?))
    }

    /// Returns the server's reply to a read-only command.
    pub(super) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> StoreResult<RedisResult<T>> {
        self.ask(|connection| query(command, connection)).await
    }

    /// Awaits a call of the inner store, until the deadline.
    pub(super) async fn behind<T>(&self, call: impl Future<Output = StoreResult<T>>) -> StoreResult<T> {
        timeout_at(self.deadline, call).await.unwrap_or_else(|_| Err(self.timed_out()))
    }

    /// Retries a read-only command if the connection was cut since the last call.
    async fn ask_again<T, F>(&self, question: impl Fn(ConnectionManager) -> F) -> StoreResult<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        match self.ask(&question).await? {
            Err(error) if error.is_io_error() && !error.is_timeout() => self.ask(&question).await?.map_err(failed),
            answer => answer.map_err(failed),
        }
    }

    async fn ask<T, F>(&self, question: impl Fn(ConnectionManager) -> F) -> StoreResult<RedisResult<T>>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let Numbered { number, connection } = self.redis.link.current();
        let answer = timeout_at(self.deadline, question(connection)).await;
        if answer.as_ref().map_or(true, |answer| answer.as_ref().is_err_and(RedisError::is_timeout)) {
            self.redis.link.leave(number);
        }
        answer.map_err(|_| self.timed_out())
    }

    fn timed_out(&self) -> StoreError {
        StoreError::new(CallTimedOut(self.redis.options.call_timeout))
    }
}

async fn invoke<T: FromRedisValue>(
    script: &Script,
    keys: &[String],
    arguments: &[String],
    mut connection: ConnectionManager,
) -> RedisResult<T> {
    let mut invocation = script.prepare_invoke();
    for key in keys {
        invocation.key(key);
    }
    for argument in arguments {
        invocation.arg(argument);
    }
    invocation.invoke_async(&mut connection).await
}

async fn query<T: FromRedisValue>(command: &Cmd, mut connection: ConnectionManager) -> RedisResult<T> {
    command.query_async(&mut connection).await
}
