//! Calls of the store, and the cache entries that they remove.

use auth_runtime::store::StoreResult;
use sqlx::{Execute, query};

use super::super::Store;
use super::super::dialect::{LOCK_ACCOUNT, Row};
use super::call::{Call, Transaction};
use super::row::{Database, get};
use crate::Account;
use crate::cache::ReadCache;

/// Locks the account until the transaction ends: every other call that changes it, or ends several of its logins or tokens,
/// waits. Returns whether the account still has the epoch in which it was read.
pub(super) async fn lock(transaction: &mut Transaction<'_>, user: &Account) -> StoreResult<bool> {
    let row = transaction.row(query(LOCK_ACCOUNT).bind(user.id)).await?;
    Ok(row.map(|row| get::<i64>(&row, 0)).transpose()? == Some(user.epoch))
}

impl Store {
    /// Starts a call of several statements.
    pub(super) fn call(&self) -> Call<'_> {
        Call::new(&self.connections)
    }

    /// Starts a call that is a transaction.
    pub(in super::super) async fn begin(&self) -> StoreResult<Transaction<'_>> {
        self.call().begin().await
    }

    /// Makes a call of one read-only statement. Returns the row that it finds.
    pub(super) async fn find<'q, Q: Execute<'q, Database> + 'q>(
        &self,
        statement: impl Fn() -> Q,
    ) -> StoreResult<Option<Row>> {
        self.call().row(statement).await
    }

    /// Makes a call of one read-only statement. Returns the rows that it finds.
    pub(super) async fn find_all<'q, Q: Execute<'q, Database> + 'q>(
        &self,
        statement: impl Fn() -> Q,
    ) -> StoreResult<Vec<Row>> {
        self.call().rows(statement).await
    }

    /// Makes a call of one statement. Returns the row that it writes.
    pub(super) async fn written<'q>(&self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<Option<Row>> {
        self.call().written(statement).await
    }

    /// Makes a call of one statement. Returns how many rows it writes.
    pub(in super::super) async fn execute<'q>(&self, statement: impl Execute<'q, Database> + 'q) -> StoreResult<u64> {
        self.call().execute(statement).await
    }

    /// Returns whether there was an account, whose key is in the first column, and removes its cache entries.
    pub(super) fn changed(&self, account: Option<Row>) -> StoreResult<bool> {
        let Some(row) = account else { return Ok(false) };
        self.forget_account(get(&row, 0)?);
        Ok(true)
    }

    /// Removes the cache entries of an account after its logins or tokens changed.
    pub(super) fn forget_account(&self, account: i64) {
        drop(self.forgetting(account));
    }

    /// Removes the cache entries of an account when the returned guard is dropped, even if the caller's future is dropped
    /// before the change ends.
    pub(super) fn forgetting(&self, account: i64) -> Forgetting<'_> {
        Forgetting(self.cache.as_deref(), Some(account))
    }

    pub(super) fn forgetting_everything(&self) -> Forgetting<'_> {
        Forgetting(self.cache.as_deref(), None)
    }
}

/// Removes the cache entries of an account, or all entries, when dropped.
#[must_use = "it forgets when it is dropped"]
pub(super) struct Forgetting<'a>(Option<&'a ReadCache>, Option<i64>);

impl Drop for Forgetting<'_> {
    fn drop(&mut self) {
        match (self.0, self.1) {
            (Some(cache), Some(account)) => cache.forget_account(account),
            (Some(cache), None) => cache.forget_everything(),
            (None, _) => {}
        }
    }
}
