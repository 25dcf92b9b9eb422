//! Columns of rows, and the formats of times and ids in them.

use std::time::Duration;

use auth_runtime::store::{Id, StoreError, StoreResult};
use sqlx::Row as _;

use super::super::dialect::Row;
use crate::Account;

pub(super) type Database = <Row as sqlx::Row>::Database;

pub(super) fn failed(error: sqlx::Error) -> StoreError {
    StoreError::new(error)
}

/// Returns the time since the Unix epoch, or the duration, in whole milliseconds.
pub(in super::super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn time(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs())
}

/// Returns a column.
pub(super) fn get<'r, T>(row: &'r Row, index: usize) -> StoreResult<T>
where
    T: sqlx::Decode<'r, Database> + sqlx::Type<Database>,
{
    row.try_get(index).map_err(failed)
}

pub(super) fn time_at(row: &Row, index: usize) -> StoreResult<Duration> {
    Ok(time(get(row, index)?))
}

pub(super) fn maybe_time_at(row: &Row, index: usize) -> StoreResult<Option<Duration>> {
    Ok(get::<Option<i64>>(row, index)?.map(time))
}

/// Reads the account in the first columns: `id, username, is_active, is_staff, epoch`.
pub(super) fn account(row: &Row) -> StoreResult<Account> {
    Ok(Account {
        id: get(row, 0)?,
        username: get(row, 1)?,
        is_active: get(row, 2)?,
        is_staff: get(row, 3)?,
        epoch: get(row, 4)?,
    })
}

/// Returns the number in an id. An id of another form belongs to nothing here.
pub(in super::super) fn number(id: &Id) -> i64 {
    id.number().unwrap_or(0)
}
