//! [`Call`]: one call of a store. All of its statements share its deadline.

use std::future::Future;

use auth_runtime::store::{StoreError, StoreResult};
use sqlx::{Error, Execute, Executor as _, raw_sql};
use tokio::time::{Instant, timeout_at};

use super::super::dialect::{BEGIN, MAY_BE_CUT, Row};
use super::connections::{Connections, Lease, LeaseState};
use super::row::{Database, failed};
use crate::options::CallTimedOut;

/// A call of a store, from its start to its deadline. All statements except those of migrations go through it.
pub(super) struct Call<'a> {
    connections: &'a Connections,
    deadline: Instant,
}

/// Declares methods for read-only statements. A statement that fails is retried on a connection that answers, since the first
/// one may have been cut while idle.
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

    /// Awaits a part of the call, until the deadline.
    async fn within<T>(&self, part: impl Future<Output = Result<T, Error>>) -> StoreResult<T> {
        match timeout_at(self.deadline, part).await {
            Ok(done) => done.map_err(failed),
            Err(_) => Err(StoreError::new(CallTimedOut(self.connections.call_timeout()))),
        }
    }

    reads! {
        /// Returns the row that a read-only statement finds.
        row = fetch_optional -> Option<Row>;
        /// Returns the rows that a read-only statement finds.
        rows = fetch_all -> Vec<Row>;
    }

    /// Returns the rows that a single statement writes, with `RETURNING`.
    ///
    /// SQLite commits in the step after the last row and only then reports whether that worked. `fetch_optional` skips this
    /// step, so it reports success even if the disk is full and the row was not stored.
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

    /// Runs a single statement. Returns how many rows it wrote.
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

    /// Begins a transaction; if the first connection was cut, on one that answers. It is rolled back unless it is committed.
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

/// A transaction. It shares the deadline of its call.
pub(in super::super) struct Transaction<'a> {
    call: Call<'a>,
    lease: Lease<'a>,
}

impl Transaction<'_> {
    /// Returns the row that a statement finds or writes, if there is one.
    pub(super) async fn row<'q>(&mut self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<Option<Row>> {
        self.call.within(self.lease.connection().fetch_optional(statement)).await
    }

    /// Returns the row that a statement writes.
    pub(super) async fn one<'q>(&mut self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<Row> {
        self.call.within(self.lease.connection().fetch_one(statement)).await
    }

    /// Returns the rows that a statement finds.
    pub(super) async fn rows<'q>(&mut self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<Vec<Row>> {
        self.call.within(self.lease.connection().fetch_all(statement)).await
    }

    /// Runs a statement. Returns how many rows it wrote.
    pub(in super::super) async fn execute<'q>(
        &mut self,
        statement: impl Execute<'q, Database> + 'q,
    ) -> StoreResult<u64> {
        Ok(self.call.within(self.lease.connection().execute(statement)).await?.rows_affected())
    }

    /// Commits the transaction.
    pub(in super::super) async fn commit(mut self) -> StoreResult<()> {
        self.call.within(raw_sql("COMMIT").execute(self.lease.connection())).await?;
        self.lease.state = LeaseState::Idle;
        Ok(())
    }
}
