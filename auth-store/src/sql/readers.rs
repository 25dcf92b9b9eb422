//! The connections on which requests are looked up: [`Readers`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Error, Execute, Executor as _, Pool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::Row;
use super::Database;

/// How long a connection is believed to be as it was when it was last used.
pub(in super::super) const BELIEVED_FOR: Duration = Duration::from_secs(1);

/// How long one is kept at most, so that the pool's own rules end those that are old.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Connections of a pool that go from one look-up to the next without returning to it in between.
///
/// A pool asks each connection that returns whether it still answers: a second round trip for every request. Kept are those
/// alone that are in steady use, and a part of all, so that what else needs one is not left without.
#[derive(Debug)]
pub(in super::super) struct Readers {
    places: Arc<Semaphore>,
    kept: Mutex<Vec<Reader>>,
}

#[derive(Debug)]
struct Reader {
    connection: PoolConnection<Database>,
    since: Instant,
    used: Instant,
    /// Free again with the reader, however it ends.
    place: Option<OwnedSemaphorePermit>,
}

impl Readers {
    /// At most so many are kept, which must be fewer than the pool has.
    pub(in super::super) fn new(most: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(most)), kept: Mutex::default() }
    }

    /// The row of a statement that only reads and finds one at most. It is made anew where it fails, on a connection that
    /// answers: the one before may have been cut off since it was last used.
    pub(super) async fn find<'q, Q>(
        &self,
        pool: &Pool<Database>,
        statement: impl Fn() -> Q,
    ) -> Result<Option<Row>, Error>
    where
        Q: Execute<'q, Database> + 'q,
    {
        // In boxes: what is seldom needed is nothing that every request should have room for.
        let mut reader = match self.take() {
            Some(reader) => reader,
            None => self.reader(Box::pin(pool.acquire()).await?),
        };
        if let Ok(row) = reader.connection.fetch_optional(statement()).await {
            self.keep(pool, reader);
            return Ok(row);
        }
        drop(reader);
        Box::pin(answering(pool)).await?.fetch_optional(statement()).await
    }

    fn take(&self) -> Option<Reader> {
        let reader = self.kept().pop()?;
        (reader.used.elapsed() <= BELIEVED_FOR).then_some(reader)
    }

    fn reader(&self, connection: PoolConnection<Database>) -> Reader {
        let now = Instant::now();
        Reader { connection, since: now, used: now, place: Arc::clone(&self.places).try_acquire_owned().ok() }
    }

    /// Keeps a connection that has a place, and gives those back to the pool that nobody has used for a while.
    fn keep(&self, pool: &Pool<Database>, mut reader: Reader) {
        let now = Instant::now();
        reader.used = now;
        let mut kept = self.kept();
        // Whoever closes the pool lets go what is kept by then.
        if reader.place.is_some() && now - reader.since <= KEPT_FOR && !pool.is_closed() {
            kept.push(reader);
        }
        kept.retain(|reader| now.saturating_duration_since(reader.used) <= BELIEVED_FOR);
    }

    /// Closes the pool, which waits for all of its connections.
    pub(in super::super) async fn close(&self, pool: &Pool<Database>) {
        let closed = pool.close();
        self.let_go();
        closed.await;
    }

    /// Gives all of them back, once their pool is being closed.
    pub(in super::super) fn let_go(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that was asked whether it answers.
async fn answering(pool: &Pool<Database>) -> Result<PoolConnection<Database>, Error> {
    let mut others = pool.options().get_max_connections();
    loop {
        let mut connection = pool.acquire().await?;
        match connection.ping().await {
            Ok(()) => return Ok(connection),
            Err(error) if others == 0 => return Err(error),
            Err(_) => drop(connection.detach()),
        }
        others -= 1;
    }
}

impl Drop for Readers {
    /// The pool goes, too. Its connections would be given back by a task, and there may be no runtime any more.
    fn drop(&mut self) {
        for reader in self.kept().drain(..) {
            drop(reader.connection.leak());
        }
    }
}
