//! [`Connections`]: the connections of a store. A call borrows one of them as a [`Lease`].

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Error, Pool, raw_sql};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout};

use super::super::dialect::Connection;
use super::row::Database;

/// How long after its last use a connection is assumed to still work.
pub(in super::super) const BELIEVED_FOR: Duration = Duration::from_secs(1);

/// How long a connection stays out of its pool at most, so that the pool can close old ones by its own rules.
const AWAY_FOR: Duration = Duration::from_secs(60);

/// How long a caller waits for the connection of another call after the pool failed to open one.
const OPEN_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// The connections of a store: those of a pool, of which the busy ones go directly from one call to the next.
///
/// A pool pings each connection that returns, which would add a round trip to every request. Also, a caller for whom the pool
/// opens a connection does not notice those that return in the meantime: if the server allows fewer connections than the pool
/// wants, the caller would wait in vain. Here, the caller that has waited longest gets the next connection, for reading or
/// writing.
pub(in super::super) struct Connections {
    pool: Pool<Database>,
    call_timeout: Duration,
    /// Permits to stay out of the pool. A connection with a permit does not return to the pool after each call.
    places: Arc<Semaphore>,
    /// Whether a connection holds all of the data, as in an in-memory database. Such a connection is never closed.
    is_all_data: bool,
    between_calls: Mutex<BetweenCalls>,
}

/// The connections that no call uses, and the callers who wait for one.
#[derive(Default)]
struct BetweenCalls {
    /// The idle connections; the most recently used one is last.
    kept: VecDeque<Free>,
    /// The waiting callers; the one that has waited longest is first.
    waiting: VecDeque<oneshot::Sender<Free>>,
}

/// A connection that no call uses.
struct Free {
    connection: PoolConnection<Database>,
    since: Instant,
    used: Instant,
    /// Released with the connection, however the connection ends.
    place: Option<OwnedSemaphorePermit>,
}

impl Connections {
    /// Creates connections of which up to `places` bypass the pool. Other users of the pool share the rest.
    pub(in super::super) fn new(pool: Pool<Database>, places: u32, call_timeout: Duration) -> Self {
        Self {
            pool,
            call_timeout,
            places: Arc::new(Semaphore::new(places as usize)),
            is_all_data: false,
            between_calls: Mutex::default(),
        }
    }

    /// Creates connections over a pool of one connection that holds all of the data.
    #[allow(dead_code)] // PostgreSQL has none
    pub(in super::super) fn that_are_all_data(pool: Pool<Database>, call_timeout: Duration) -> Self {
        let mut connections = Self::new(pool, 1, call_timeout);
        connections.is_all_data = true;
        connections
    }

    /// Returns whether the data is lost with the connections.
    #[allow(dead_code)] // those of PostgreSQL never are
    pub(in super::super) fn are_all_data(&self) -> bool {
        self.is_all_data
    }

    pub(super) fn call_timeout(&self) -> Duration {
        self.call_timeout
    }

    fn between_calls(&self) -> MutexGuard<'_, BetweenCalls> {
        self.between_calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the first connection that becomes available.
    pub(super) async fn lease(&self, deadline: Instant) -> Result<Lease<'_>, Error> {
        // Boxed: most calls find an idle connection and do not need this space in their future.
        let free = match self.take_or_wait() {
            Ok(free) => free,
            Err(waiter) => Box::pin(self.wait(waiter)).await?,
        };
        Ok(Lease { connections: self, deadline, free: Some(free), state: LeaseState::Idle })
    }

    /// Returns a connection that answers. Closes those that were cut.
    pub(super) async fn answering(&self, deadline: Instant) -> Result<Lease<'_>, Error> {
        let mut others = self.pool.options().get_max_connections();
        loop {
            let mut lease = self.lease(deadline).await?;
            match lease.connection().ping().await {
                Ok(()) => return Ok(lease),
                Err(error) if others == 0 => return Err(error),
                Err(_) => lease.close(),
            }
            others -= 1;
        }
    }

    /// Returns an idle connection, or a place in the queue.
    fn take_or_wait(&self) -> Result<Free, Waiter<'_>> {
        let mut between_calls = self.between_calls();
        if let Some(free) = between_calls.kept.pop_back() {
            if free.used.elapsed() <= BELIEVED_FOR {
                return Ok(free);
            }
            // All remaining ones have been idle longer.
            self.give_back(free, false);
            between_calls.kept.drain(..).for_each(|free| self.give_back(free, false));
        }
        // Removes callers that left. All callers have the same timeout, so those that left in the middle reach the front in
        // time.
        while between_calls.waiting.front().is_some_and(oneshot::Sender::is_closed) {
            between_calls.waiting.pop_front();
        }
        let (sender, receiver) = oneshot::channel();
        between_calls.waiting.push_back(sender);
        Err(Waiter { connections: self, receiver })
    }

    /// Waits for the pool or for another call, whichever is first.
    async fn wait(&self, mut waiter: Waiter<'_>) -> Result<Free, Error> {
        loop {
            let error = tokio::select! {
                biased;
                Ok(free) = &mut waiter.receiver => return Ok(free),
                opened = self.pool.acquire() => match opened {
                    Ok(connection) => return Ok(self.free(connection)),
                    Err(error) => error,
                },
            };
            // There is no other connection to wait for.
            if matches!(error, Error::PoolClosed) || self.pool.size() == 0 {
                return Err(error);
            }
            if let Ok(Ok(free)) = timeout(OPEN_AGAIN_AFTER, &mut waiter.receiver).await {
                return Ok(free);
            }
        }
    }

    fn free(&self, connection: PoolConnection<Database>) -> Free {
        let now = Instant::now();
        Free { connection, since: now, used: now, place: Arc::clone(&self.places).try_acquire_owned().ok() }
    }

    /// Hands a connection to the caller that has waited longest, keeps it, or returns it to the pool.
    fn release(&self, mut free: Free) {
        let now = Instant::now();
        free.used = now;
        let mut between_calls = self.between_calls();
        // Closing the pool releases only the connections that were kept before.
        if free.place.is_none() || now - free.since > AWAY_FOR || self.pool.is_closed() {
            return self.give_back(free, false);
        }
        while let Some(waiting) = between_calls.waiting.pop_front() {
            match waiting.send(free) {
                Ok(()) => return,
                Err(unwanted) => free = unwanted,
            }
        }
        between_calls.kept.push_back(free);
        while between_calls.kept.front().is_some_and(|free| now.saturating_duration_since(free.used) > BELIEVED_FOR) {
            between_calls.kept.pop_front().into_iter().for_each(|free| self.give_back(free, false));
        }
    }

    /// Returns a connection to the pool after rolling back an unfinished transaction. Closes one that does not answer.
    fn give_back(&self, free: Free, is_in_transaction: bool) {
        let Free { mut connection, place, .. } = free;
        let Ok(runtime) = Handle::try_current() else {
            // The program is exiting. Without a runtime, no connection returns to its pool.
            drop(connection.leak());
            return;
        };
        let is_all_data = self.is_all_data;
        // Half of the timeout, so that callers that wait for the place of a dead connection have time for another one.
        let answers_within = self.call_timeout / 2;
        runtime.spawn(async move {
            // A transaction that the database rolled back by itself, for example because the disk is full, cannot be rolled
            // back again.
            let is_undone = !is_in_transaction
                || timeout(answers_within, raw_sql("ROLLBACK").execute(&mut *connection))
                    .await
                    .is_ok_and(|done| done.is_ok());
            if is_all_data {
                connection.return_to_pool().await;
            } else if is_undone {
                // Dropping does the same, but without a timeout.
                drop(timeout(answers_within, connection.return_to_pool()).await);
            } else {
                drop(connection.detach());
            }
            drop(place);
        });
    }

    /// Closes the pool. Waits for the calls under way, but no longer than the call timeout.
    pub(in super::super) async fn close(&self) {
        let closed = self.pool.close();
        self.let_go();
        drop(timeout(self.call_timeout, closed).await);
    }

    /// Returns all idle connections once the pool is being closed.
    pub(in super::super) fn let_go(&self) {
        let kept = std::mem::take(&mut self.between_calls().kept);
        for free in kept {
            self.give_back(free, false);
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("call_timeout", &self.call_timeout).finish_non_exhaustive()
    }
}

impl Drop for Connections {
    /// The pool is dropped as well. It would return its connections in a task, but there may be no runtime any more.
    fn drop(&mut self) {
        for free in self.between_calls().kept.drain(..) {
            drop(free.connection.leak());
        }
    }
}

/// A caller in the queue.
struct Waiter<'a> {
    connections: &'a Connections,
    receiver: oneshot::Receiver<Free>,
}

impl Drop for Waiter<'_> {
    /// If a connection was handed over just when its caller had left or found another one, passes it to the next caller.
    fn drop(&mut self) {
        self.receiver.close();
        if let Ok(free) = self.receiver.try_recv() {
            self.connections.release(free);
        }
    }
}

/// A connection, borrowed for a call. Dropping it releases the connection in its current state.
pub(super) struct Lease<'a> {
    connections: &'a Connections,
    deadline: Instant,
    /// `None` after it was dropped or closed.
    free: Option<Free>,
    pub(super) state: LeaseState,
}

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeaseState {
    /// Not in use.
    Idle,
    /// A statement is running or has failed.
    Busy,
    /// A transaction is open.
    InTransaction,
}

impl Lease<'_> {
    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.free.as_mut().expect("a lease has a connection until it is dropped").connection
    }

    /// Closes the connection without telling the server if it is on another machine.
    fn close(mut self) {
        if let Some(free) = self.free.take() {
            drop(free.connection.detach());
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(free) = self.free.take() else { return };
        let connections = self.connections;
        match self.state {
            LeaseState::Idle => connections.release(free),
            // It is unknown when the connection would answer.
            _ if Instant::now() >= self.deadline && !connections.is_all_data => drop(free.connection.detach()),
            LeaseState::Busy => connections.give_back(free, false),
            LeaseState::InTransaction => connections.give_back(free, true),
        }
    }
}
