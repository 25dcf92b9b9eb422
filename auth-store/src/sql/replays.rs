//! Replay records: values that may be used only once.

use std::time::Duration;

use auth_runtime::Digest;
use auth_runtime::store::{ReplayStore, StoreResult};
use sqlx::query;

use super::super::Store;
use super::row::millis;

impl ReplayStore for Store {
    async fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
        let insert = query(
            "INSERT INTO auth_replay AS replay (scope, digest, expires) VALUES ($1, $2, $4) \
             ON CONFLICT (scope, digest) DO UPDATE SET expires = excluded.expires WHERE replay.expires <= $3",
        )
        .bind(scope)
        .bind(key.as_bytes().as_slice())
        .bind(millis(now))
        .bind(millis(expires));
        Ok(self.execute(insert).await? > 0)
    }

    fn survives_restarts(&self) -> bool {
        self.is_kept()
    }
}
