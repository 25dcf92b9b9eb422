//! A call of a store: [`Call`]. All of its statements together have until its deadline.

use std::future::Future;

use auth_runtime::store::{StoreError, StoreResult};
use sqlx::{Error, Execute, Executor as _, raw_sql};
use tokio::time::{Instant, timeout_at};

use super::super::dialect::{BEGIN, MAY_BE_CUT, Row};
use super::connections::{Connections, Lease, LeaseState};
use super::row::{Database, failed};
use crate::options::CallTimedOut;

/// A call of a store, from its beginning to its deadline: the way to the database for every statement but those of migrations.
pub(super) struct Call<'a> {
    connections: &'a Connections,
    deadline: Instant,
}

/// Statements that only read. One is made again where it fails, on a connection that answers: the one before may have been cut
/// since it was last used.
macro_rules! reads {
    ($($(#[$doc:meta])+ $name:ident = $fetch:ident -> $result:ty;)+) => {$(
        $(#[$doc])+
        pub(super) async fn $name<'q, Q>(&self, statement: impl Fn() -> Q) -> StoreResult<$result>
        where
            Q: Execute<'q, Database> + 'q,
        {
            self.within(async {
                let mut lease = self.connections.lease(self.deadline).await?;
                lease.state = LeaseState::Busy;
                if let Ok(found) = lease.connection().$fetch(statement()).await {
                    lease.state = LeaseState::Idle;
                    return Ok(found);
                }
                drop(lease);
                let mut lease = Box::pin(self.connections.answering(self.deadline)).await?;
                lease.state = LeaseState::Busy;
                let found = lease.connection().$fetch(statement()).await?;
                lease.state = LeaseState::Idle;
                Ok(found)
            })
            .await
        }
    )+};
}

impl<'a> Call<'a> {
    pub(super) fn new(connections: &'a Connections) -> Self {
        Self { connections, deadline: Instant::now() + connections.call_timeout() }
    }

    /// Waits for a part of the call, until the deadline.
    async fn within<T>(&self, part: impl Future<Output = Result<T, Error>>) -> StoreResult<T> {
        match timeout_at(self.deadline, part).await {
            Ok(done) => done.map_err(failed),
            Err(_) => Err(StoreError::new(CallTimedOut(self.connections.call_timeout()))),
        }
    }

    reads! {
        /// The row that a statement finds, which only reads.
        row = fetch_optional -> Option<Row>;
        /// The rows that a statement finds, which only reads.
        rows = fetch_all -> Vec<Row>;
    }

    /// The rows that a statement of its own writes and returns.
    ///
    /// SQLite commits with the step after the last row, and only then says whether it could: `fetch_optional` takes no
    /// such step, and calls what was not kept for want of space a success.
    pub(super) async fn written<'q>(&self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<Option<Row>> {
        self.within(async {
            let mut lease = self.connections.lease(self.deadline).await?;
            lease.state = LeaseState::Busy;
            let mut rows = lease.connection().fetch_all(statement).await?;
            lease.state = LeaseState::Idle;
            Ok(rows.pop())
        })
        .await
    }

    /// Runs a statement of its own. How many rows it wrote.
    pub(super) async fn execute<'q>(&self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<u64> {
        self.within(async {
            let mut lease = self.connections.lease(self.deadline).await?;
            lease.state = LeaseState::Busy;
            let done = lease.connection().execute(statement).await?;
            lease.state = LeaseState::Idle;
            Ok(done.rows_affected())
        })
        .await
    }

    /// Begins a transaction, on a connection that answers where the first one was cut. It is undone unless it is committed.
    pub(super) async fn begin(self) -> StoreResult<Transaction<'a>> {
        let begun = self.within(async {
            let mut lease = self.connections.lease(self.deadline).await?;
            lease.state = LeaseState::InTransaction;
            match raw_sql(BEGIN).execute(lease.connection()).await {
                Ok(_) => return Ok(lease),
                Err(error) if !MAY_BE_CUT => return Err(error),
                Err(_) => drop(lease),
            }
            let mut lease = Box::pin(self.connections.answering(self.deadline)).await?;
            lease.state = LeaseState::InTransaction;
            raw_sql(BEGIN).execute(lease.connection()).await?;
            Ok(lease)
        });
        let lease = begun.await?;
        Ok(Transaction { call: self, lease })
    }
}

/// A transaction. It has the rest of its call's time.
pub(in super::super) struct Transaction<'a> {
    call: Call<'a>,
    lease: Lease<'a>,
}

impl Transaction<'_> {
    /// The row that a statement finds or writes, if there is one.
    pub(super) async fn row<'q>(&mut self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<Option<Row>> {
        self.call.within(self.lease.connection().fetch_optional(statement)).await
    }

    /// The row that a statement writes.
    pub(super) async fn one<'q>(&mut self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<Row> {
        self.call.within(self.lease.connection().fetch_one(statement)).await
    }

    /// The rows that a statement finds.
    pub(super) async fn rows<'q>(&mut self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<Vec<Row>> {
        self.call.within(self.lease.connection().fetch_all(statement)).await
    }

    /// Runs a statement. How many rows it wrote.
    pub(in super::super) async fn execute<'q>(
        &mut self,
        statement: impl Execute<'q, Database> + 'q,
    ) -> StoreResult<u64> {
        Ok(self.call.within(self.lease.connection().execute(statement)).await?.rows_affected())
    }

    /// Commits everything.
    pub(in super::super) async fn commit(mut self) -> StoreResult<()> {
        self.call.within(raw_sql("COMMIT").execute(self.lease.connection())).await?;
        self.lease.state = LeaseState::Idle;
        Ok(())
    }
}
