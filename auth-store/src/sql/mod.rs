//! The stores' methods in SQL that SQLite and PostgreSQL read alike.
//!
//! This folder is a module of `sqlite` and of `postgres`, each of which says what `Store`, `Row` and the few texts are in
//! which the two differ.

mod accounts;
mod call;
mod clients;
pub(super) mod connections;
mod epochs;
mod groups;
#[cfg(feature = "keys")]
mod keys;
mod logins;
mod manage;
pub(super) mod names;
mod replays;
mod tokens;

use std::time::Duration;

use auth_runtime::store::{Id, StoreError, StoreResult};
use sqlx::{Execute, Row as _, query};

use self::call::{Call, Transaction};
use super::{LOCK_ACCOUNT, Row, Store};
use crate::Account;
use crate::cache::ReadCache;

type Database = <Row as sqlx::Row>::Database;

pub(super) fn failed(error: sqlx::Error) -> StoreError {
    StoreError::new(error)
}

/// Whole milliseconds since the Unix epoch, or of a length of time.
pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn time(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs())
}

/// A column.
fn get<'r, T>(row: &'r Row, index: usize) -> StoreResult<T>
where
    T: sqlx::Decode<'r, Database> + sqlx::Type<Database>,
{
    row.try_get(index).map_err(failed)
}

fn time_at(row: &Row, index: usize) -> StoreResult<Duration> {
    Ok(time(get(row, index)?))
}

fn maybe_time_at(row: &Row, index: usize) -> StoreResult<Option<Duration>> {
    Ok(get::<Option<i64>>(row, index)?.map(time))
}

/// The account in the first columns: `id, username, is_active, is_staff, epoch`.
fn account(row: &Row) -> StoreResult<Account> {
    Ok(Account {
        id: get(row, 0)?,
        username: get(row, 1)?,
        is_active: get(row, 2)?,
        is_staff: get(row, 3)?,
        epoch: get(row, 4)?,
    })
}

/// The number in an id; an id of another form is nothing's here.
pub(super) fn number(id: &Id) -> i64 {
    id.number().unwrap_or(0)
}

/// Holds back every other call that changes the account or ends several of its logins or tokens, until the transaction
/// ends. Whether the account is still of the epoch in which it was read.
async fn lock(transaction: &mut Transaction<'_>, user: &Account) -> StoreResult<bool> {
    let row = transaction.row(query(LOCK_ACCOUNT).bind(user.id)).await?;
    Ok(row.map(|row| get::<i64>(&row, 0)).transpose()? == Some(user.epoch))
}

impl Store {
    /// A call of several statements.
    fn call(&self) -> Call<'_> {
        Call::new(&self.connections)
    }

    /// A call that is a transaction.
    pub(super) async fn begin(&self) -> StoreResult<Transaction<'_>> {
        self.call().begin().await
    }

    /// A call that is one statement, which only reads: the row that it finds.
    async fn find<'q, Q: Execute<'q, Database> + 'q>(&self, statement: impl Fn() -> Q) -> StoreResult<Option<Row>> {
        self.call().row(statement).await
    }

    /// A call that is one statement, which only reads: the rows that it finds.
    async fn find_all<'q, Q: Execute<'q, Database> + 'q>(&self, statement: impl Fn() -> Q) -> StoreResult<Vec<Row>> {
        self.call().rows(statement).await
    }

    /// A call that is one statement: the row that it writes and returns.
    async fn written<'q>(&self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<Option<Row>> {
        self.call().written(statement).await
    }

    /// A call that is one statement: how many rows it writes.
    pub(super) async fn execute<'q>(&self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<u64> {
        self.call().execute(statement).await
    }

    /// Whether there was an account, whose key is in the first column, and forgets what is cached of it.
    fn changed(&self, account: Option<Row>) -> StoreResult<bool> {
        let Some(row) = account else { return Ok(false) };
        self.forget_account(get(&row, 0)?);
        Ok(true)
    }

    /// Takes an account's logins and tokens out of the cache, after they were changed.
    fn forget_account(&self, account: i64) {
        drop(self.forgetting(account));
    }

    /// Does so when it is dropped: also when nobody waits for the end of the change any more.
    fn forgetting(&self, account: i64) -> Forgetting<'_> {
        Forgetting(self.cache.as_deref(), Some(account))
    }

    fn forgetting_everything(&self) -> Forgetting<'_> {
        Forgetting(self.cache.as_deref(), None)
    }
}

/// Forgets what a cache has of an account, or everything.
#[must_use = "it forgets when it is dropped"]
struct Forgetting<'a>(Option<&'a ReadCache>, Option<i64>);

impl Drop for Forgetting<'_> {
    fn drop(&mut self) {
        match (self.0, self.1) {
            (Some(cache), Some(account)) => cache.forget_account(account),
            (Some(cache), None) => cache.forget_everything(),
            (None, _) => {}
        }
    }
}
