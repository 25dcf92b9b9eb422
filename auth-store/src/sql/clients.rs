//! Clients and their rules.

use auth_runtime::TrustedOrigin;
use auth_runtime::store::{AtLimit, Client, ClientStore, StoreError, StoreResult};
use sqlx::query;

use super::super::Store;
use super::super::dialect::{LOCK_CLIENT, Row};
use super::row::{get, maybe_time_at, millis};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT name, idle_lifetime, absolute_lifetime, access_lifetime, max_logins, ends_oldest, single_login, rate, \
             allowed_origins FROM auth_client ",
            $rest
        )
    };
}

fn client(row: &Row) -> StoreResult<Client> {
    let rate = get::<Option<String>>(row, 7)?.map(|rate| rate.parse()).transpose().map_err(StoreError::new)?;
    let origins: String = get(row, 8)?;
    let origins: Result<Vec<_>, _> = origins.split_whitespace().map(TrustedOrigin::parse).collect();
    Ok(Client::new(get::<String>(row, 0)?)
        .map_err(StoreError::new)?
        .with_idle_lifetime(maybe_time_at(row, 1)?)
        .with_absolute_lifetime(maybe_time_at(row, 2)?)
        .with_access_lifetime(maybe_time_at(row, 3)?)
        .with_max_logins(get::<Option<i64>>(row, 4)?.map(u32::try_from).transpose().map_err(StoreError::new)?)
        .with_at_limit(if get(row, 5)? { AtLimit::EndOldest } else { AtLimit::Refuse })
        .with_single_login(get(row, 6)?)
        .with_rate(rate)
        .with_allowed_origins(origins.map_err(StoreError::new)?))
}

pub(super) async fn find(store: &Store, name: &str) -> StoreResult<Option<Client>> {
    if name.contains('\0') {
        return Ok(None);
    }
    let row = store.find(|| query(select!("WHERE name = $1")).bind(name)).await?;
    row.as_ref().map(client).transpose()
}

impl ClientStore for Store {
    async fn clients(&self) -> StoreResult<Vec<Client>> {
        let rows = self.find_all(|| query(select!("ORDER BY name"))).await?;
        rows.iter().map(client).collect()
    }

    async fn put_client(&self, client: &Client) -> StoreResult<bool> {
        let origins: Vec<String> = client.allowed_origins().iter().map(ToString::to_string).collect();
        let mut transaction = self.begin().await?;
        // If several calls insert at once, one inserts and the others wait for it.
        let insert = query(
            "INSERT INTO auth_client (name, ends_oldest, single_login, allowed_origins) VALUES ($1, $2, $2, '') \
             ON CONFLICT (name) DO NOTHING",
        );
        let is_new = transaction.execute(insert.bind(client.name()).bind(false)).await? > 0;
        let update = query(
            "UPDATE auth_client SET idle_lifetime = $2, absolute_lifetime = $3, access_lifetime = $4, max_logins = $5, \
             ends_oldest = $6, single_login = $7, rate = $8, allowed_origins = $9 WHERE name = $1",
        )
        .bind(client.name())
        .bind(client.idle_lifetime().map(millis))
        .bind(client.absolute_lifetime().map(millis))
        .bind(client.access_lifetime().map(millis))
        .bind(client.max_logins().map(i64::from))
        .bind(*client.at_limit() == AtLimit::EndOldest)
        .bind(*client.single_login())
        .bind(client.rate().map(|rate| rate.to_string()))
        .bind(origins.join("\n"));
        transaction.execute(update).await?;
        transaction.commit().await?;
        Ok(is_new)
    }

    async fn delete_client(&self, name: &str) -> StoreResult<bool> {
        if name.contains('\0') {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        if let Some(lock) = LOCK_CLIENT {
            transaction.execute(query(lock).bind(name)).await?;
        }
        let delete = query("DELETE FROM auth_client WHERE name = $1").bind(name);
        let deleted = transaction.execute(delete).await? > 0;
        if deleted {
            transaction.execute(query("DELETE FROM auth_login WHERE client = $1").bind(name)).await?;
        }
        let _forgetting = self.forgetting_everything();
        transaction.commit().await?;
        Ok(deleted)
    }
}
