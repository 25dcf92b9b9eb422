//! The connections of a store: [`Connections`]. A call has one of them as a [`Lease`].

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

/// How long a connection is believed to be as it was when it was last used.
pub(in super::super) const BELIEVED_FOR: Duration = Duration::from_secs(1);

/// How long a connection stays away from its pool at most, so that the pool's own rules end those that are old.
const AWAY_FOR: Duration = Duration::from_secs(60);

/// How long a caller waits for the connection of another call after the pool failed to open one.
const OPEN_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// The connections of a store: a pool's, of which those in steady use go from one call to the next.
///
/// A pool asks each connection that returns whether it still answers, which would be a second round trip for every request. And
/// a caller for whom it opens a connection does not see those that return meanwhile: where the server gives fewer than the pool
/// wants, such a caller would wait in vain. Here the caller that waits longest gets the next connection, to read or to write.
pub(in super::super) struct Connections {
    pool: Pool<Database>,
    call_timeout: Duration,
    /// A connection with a place need not return to the pool after each call.
    places: Arc<Semaphore>,
    /// Whether a connection holds all of the data, as that of an in-memory database does, so that it is never closed.
    is_all_data: bool,
    between_calls: Mutex<BetweenCalls>,
}

/// The connections that no call uses, and the callers who wait for one.
#[derive(Default)]
struct BetweenCalls {
    /// The one that was used last is the last.
    kept: VecDeque<Free>,
    /// Who has waited longest is the first.
    waiting: VecDeque<oneshot::Sender<Free>>,
}

/// A connection that no call uses.
struct Free {
    connection: PoolConnection<Database>,
    since: Instant,
    used: Instant,
    /// Free again with the connection, however it ends.
    place: Option<OwnedSemaphorePermit>,
}

impl Connections {
    /// So many of the pool's connections go from call to call. The pool's other users wait for the rest.
    pub(in super::super) fn new(pool: Pool<Database>, places: u32, call_timeout: Duration) -> Self {
        Self {
            pool,
            call_timeout,
            places: Arc::new(Semaphore::new(places as usize)),
            is_all_data: false,
            between_calls: Mutex::default(),
        }
    }

    /// A pool of one connection, with which the data would go.
    #[allow(dead_code)] // PostgreSQL has none
    pub(in super::super) fn that_are_all_data(pool: Pool<Database>, call_timeout: Duration) -> Self {
        let mut connections = Self::new(pool, 1, call_timeout);
        connections.is_all_data = true;
        connections
    }

    /// Whether the data go with the connections.
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

    /// The first connection that can be had.
    pub(super) async fn lease(&self, deadline: Instant) -> Result<Lease<'_>, Error> {
        // Boxed: most calls find a connection that is kept, and need no room for this.
        let free = match self.take_or_wait() {
            Ok(free) => free,
            Err(waiter) => Box::pin(self.wait(waiter)).await?,
        };
        Ok(Lease { connections: self, deadline, free: Some(free), state: LeaseState::Idle })
    }

    /// A connection that answers: those that were cut are closed.
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

    /// A connection that is kept, or a place in the queue.
    fn take_or_wait(&self) -> Result<Free, Waiter<'_>> {
        let mut between_calls = self.between_calls();
        if let Some(free) = between_calls.kept.pop_back() {
            if free.used.elapsed() <= BELIEVED_FOR {
                return Ok(free);
            }
            // The others were used before it.
            self.give_back(free, false);
            between_calls.kept.drain(..).for_each(|free| self.give_back(free, false));
        }
        // Callers who left. All wait equally long at most, so that the others of them come to the front in time.
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
            // There is nobody to wait for, or nothing.
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

    /// Hands a connection to who waits longest, or keeps it, or gives it back to the pool.
    fn release(&self, mut free: Free) {
        let now = Instant::now();
        free.used = now;
        let mut between_calls = self.between_calls();
        // Closing the pool releases what is kept by then.
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

    /// Gives a connection back to the pool, after what was left half done is undone. One that does not answer is closed.
    fn give_back(&self, free: Free, is_in_transaction: bool) {
        let Free { mut connection, place, .. } = free;
        let Ok(runtime) = Handle::try_current() else {
            // The program ends. Without a runtime no connection returns to its pool.
            drop(connection.leak());
            return;
        };
        let is_all_data = self.is_all_data;
        // Callers who wait for the place of a connection that is dead have time for another.
        let answers_within = self.call_timeout / 2;
        runtime.spawn(async move {
            // A transaction that the database undid by itself, for want of space for example, cannot be undone again.
            let is_undone = !is_in_transaction
                || timeout(answers_within, raw_sql("ROLLBACK").execute(&mut *connection))
                    .await
                    .is_ok_and(|done| done.is_ok());
            if is_all_data {
                connection.return_to_pool().await;
            } else if is_undone {
                // What dropping it would do without a limit of time.
                drop(timeout(answers_within, connection.return_to_pool()).await);
            } else {
                drop(connection.detach());
            }
            drop(place);
        });
    }

    /// Closes the pool: waits for the calls under way, but no longer than they may take.
    pub(in super::super) async fn close(&self) {
        let closed = self.pool.close();
        self.let_go();
        drop(timeout(self.call_timeout, closed).await);
    }

    /// Gives back all that are kept, once their pool is being closed.
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
    /// The pool goes, too. Its connections would be given back by a task, and there may be no runtime any more.
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
    /// A connection that was handed over just when its caller had left or found another goes to the next one.
    fn drop(&mut self) {
        self.receiver.close();
        if let Ok(free) = self.receiver.try_recv() {
            self.connections.release(free);
        }
    }
}

/// A connection for the time of a call. Released when it is dropped, in the state that it is in then.
pub(super) struct Lease<'a> {
    connections: &'a Connections,
    deadline: Instant,
    /// `None` once it is dropped or closed.
    free: Option<Free>,
    pub(super) state: LeaseState,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeaseState {
    /// Nothing.
    Idle,
    /// A statement that has not ended, or that failed.
    Busy,
    /// A transaction that has not ended.
    InTransaction,
}

impl Lease<'_> {
    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.free.as_mut().expect("a lease has a connection until it is dropped").connection
    }

    /// Closes the connection. A database that is on another machine need not be told.
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
            // Nobody knows when it would answer.
            _ if Instant::now() >= self.deadline && !connections.is_all_data => drop(free.connection.detach()),
            LeaseState::Busy => connections.give_back(free, false),
            LeaseState::InTransaction => connections.give_back(free, true),
        }
    }
}
