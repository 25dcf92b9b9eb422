//! The databases of a Django application, which `fixtures/make_django.py` made, and what is secret in them.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

use crate::support::Bench;

const SQLITE: &str = include_str!("../fixtures/django.sql");
#[cfg(feature = "services")]
pub(crate) const POSTGRES: &str = include_str!("../fixtures/django.postgres.sql");

/// What users know, by their names.
type ByUser = BTreeMap<String, String>;

#[derive(Debug, Deserialize)]
pub(crate) struct Secrets {
    pub(crate) passwords: ByUser,
    pub(crate) framework: ByUser,
    pub(crate) knox: ByUser,
    pub(crate) durin: ByUser,
    pub(crate) expired: ByUser,
}

impl Secrets {
    pub(crate) fn read() -> Self {
        serde_json::from_str(include_str!("../fixtures/django.json")).unwrap()
    }

    /// The tokens that are still good, with their users.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = [&self.framework, &self.knox, &self.durin].into_iter().flatten();
        all.map(|(user, token)| (user.as_str(), token.as_str()))
    }

    /// Every secret.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        let others = self.passwords.values().chain(self.expired.values()).map(String::as_str);
        others.chain(self.tokens().map(|(_, token)| token))
    }
}

/// Makes the SQLite database, with these changes, and gives its path.
pub(crate) async fn sqlite(bench: &Bench, changes: &'static str) -> String {
    let path = bench.path("django.sqlite3");
    if fs::exists(&path).unwrap() {
        fs::remove_file(&path).unwrap();
    }
    // Without foreign keys: old databases hold rows of users who are gone.
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true).foreign_keys(false);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(SQLITE).execute(&pool).await.unwrap();
    sqlx::raw_sql(changes).execute(&pool).await.unwrap();
    pool.close().await;
    path
}
