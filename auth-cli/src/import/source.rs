//! [`Source`]: the Django database, SQLite or PostgreSQL, read-only and row by row.

use futures_util::stream::{BoxStream, StreamExt as _};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::table::Table;
use crate::address::Address;
use crate::failure::Failure;

/// A Django database as it was when it was opened: one transaction reads everything.
pub(super) enum Source {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A row as texts. A column that is not text is an error.
#[derive(Debug)]
pub(super) struct Row(Vec<Result<Option<String>, ()>>);

impl Row {
    fn of<R: sqlx::Row>(row: &R) -> Self
    where
        usize: sqlx::ColumnIndex<R>,
        Option<String>: for<'r> sqlx::Decode<'r, R::Database>,
    {
        Self((0..row.len()).map(|column| row.try_get_unchecked(column).map_err(drop)).collect())
    }

    #[cfg(test)]
    pub(super) fn from_texts(texts: &[Option<&str>]) -> Self {
        Self(texts.iter().map(|text| Ok(text.map(ToOwned::to_owned))).collect())
    }

    /// Returns the text of a column; `None` for NULL.
    pub(super) fn maybe(&self, column: usize) -> Result<Option<&str>, ()> {
        self.0.get(column).map_or(Err(()), |text| text.as_ref().map(Option::as_deref).map_err(|&()| ()))
    }

    /// Returns the text of a column. NULL is an error.
    pub(super) fn text(&self, column: usize) -> Result<&str, ()> {
        self.maybe(column)?.ok_or(())
    }
}

impl Source {
    pub(super) async fn open(address: &Address) -> Result<Self, Failure> {
        let failed =
            |error: sqlx::Error| Failure::Store(format!("{address} cannot be read: {error}; {}", address.cure()));
        match address {
            Address::Sqlite(path) => {
                let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
                let mut connection = options.connect().await.map_err(failed)?;
                sqlx::raw_sql("BEGIN").execute(&mut connection).await.map_err(failed)?;
                Ok(Self::Sqlite(connection))
            }
            Address::Postgres(url) => {
                let options: PgConnectOptions = url.parse().map_err(failed)?;
                let mut connection = options.disable_statement_logging().connect().await.map_err(failed)?;
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; \
                     SET LOCAL TIME ZONE 'UTC'; SET LOCAL DateStyle = 'ISO'";
                sqlx::raw_sql(begin).execute(&mut connection).await.map_err(failed)?;
                Ok(Self::Postgres(connection))
            }
        }
    }

    /// Returns whether the table exists.
    pub(super) async fn has(&mut self, table: Table) -> Result<bool, Failure> {
        let found = match self {
            Self::Sqlite(connection) => {
                let look = "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = $1";
                sqlx::query(look).bind(table.name()).fetch_optional(connection).await.map(|row| row.is_some())
            }
            Self::Postgres(connection) => {
                let look = "SELECT 1 WHERE to_regclass($1) IS NOT NULL";
                sqlx::query(look).bind(table.name()).fetch_optional(connection).await.map(|row| row.is_some())
            }
        };
        found.map_err(|error| unreadable(table, &error))
    }

    /// Returns the number of rows.
    pub(super) async fn count(&mut self, table: Table) -> Result<u64, Failure> {
        let count: Result<i64, sqlx::Error> = match self {
            Self::Sqlite(connection) => sqlx::query_scalar(table.count()).fetch_one(connection).await,
            Self::Postgres(connection) => sqlx::query_scalar(table.count()).fetch_one(connection).await,
        };
        count.map(i64::unsigned_abs).map_err(|error| unreadable(table, &error))
    }

    /// Returns the rows, with the columns of [`Table`].
    pub(super) fn rows(&mut self, table: Table) -> BoxStream<'_, Result<Row, Failure>> {
        let failed = move |error: sqlx::Error| unreadable(table, &error);
        match self {
            Self::Sqlite(connection) => sqlx::query(table.rows_of_sqlite())
                .fetch(connection)
                .map(move |row| row.map(|row| Row::of(&row)).map_err(failed))
                .boxed(),
            Self::Postgres(connection) => sqlx::query(table.rows_of_postgres())
                .fetch(connection)
                .map(move |row| row.map(|row| Row::of(&row)).map_err(failed))
                .boxed(),
        }
    }
}

fn unreadable(table: Table, error: &sqlx::Error) -> Failure {
    Failure::Store(format!("the table {} cannot be read: {error}; what was imported before stays", table.name()))
}
