//! How account holders manage their own logins and tokens.

use std::time::Duration;

use auth_runtime::store::{AccessToken, CredentialStore, Id, LoginEntry, NewAccessToken, StoreResult, TokenEntry};
use sqlx::query;

use super::super::Store;
use super::super::dialect::Row;
use super::epochs;
use super::logins::{login_at, login_columns};
use super::row::{get, millis, number, time};
use super::store::lock;
use super::tokens::{access_token, token_columns};
use crate::{Account, last_use};
use auth_runtime::store::Keep;

/// Returns the earlier of two ends, either of which may be missing.
macro_rules! earlier {
    ($a:literal, $b:literal) => {
        concat!(
            "CASE WHEN ",
            $a,
            " IS NULL THEN ",
            $b,
            " WHEN ",
            $b,
            " IS NULL THEN ",
            $a,
            " WHEN ",
            $a,
            " < ",
            $b,
            " THEN ",
            $a,
            " ELSE ",
            $b,
            " END"
        )
    };
}

impl CredentialStore for Store {
    async fn logins(&self, user: &Account) -> StoreResult<Vec<LoginEntry>> {
        let list = concat!(
            "SELECT ",
            login_columns!(),
            ", login.name, login.address, login.user_agent, CASE WHEN login.digest IS NULL THEN coalesce((\
                 SELECT max(coalesce(token.expires, 9223372036854775807)) FROM auth_token token \
                 WHERE token.login_id = login.id\
             ), 0) END FROM auth_login login \
             WHERE account_id = $1 AND epoch = $2 ORDER BY created DESC, id DESC",
        );
        let rows = self.find_all(|| query(list).bind(user.id).bind(user.epoch)).await?;
        let entry = |row: &Row| {
            Ok(LoginEntry {
                login: login_at(row, 0)?,
                name: get(row, 6)?,
                address: get::<Option<String>>(row, 7)?.and_then(|address| address.parse().ok()),
                user_agent: get(row, 8)?,
                // If the token no longer exists, its end is zero.
                token_expires: get::<Option<i64>>(row, 9)?.filter(|&end| end < i64::MAX).map(time),
            })
        };
        rows.iter().map(entry).collect()
    }

    async fn rename_login(&self, user: &Account, id: &Id, name: &str) -> StoreResult<bool> {
        let update = query("UPDATE auth_login SET name = $1 WHERE account_id = $2 AND id = $3")
            .bind(name)
            .bind(user.id)
            .bind(number(id));
        Ok(self.execute(update).await? > 0)
    }

    async fn revoke_login(&self, user: &Account, id: &Id) -> StoreResult<bool> {
        let delete = query("DELETE FROM auth_login WHERE account_id = $1 AND id = $2").bind(user.id).bind(number(id));
        let _forgetting = self.forgetting(user.id);
        Ok(self.execute(delete).await? > 0)
    }

    async fn revoke_logins(&self, user: &Account, except: Option<&Id>) -> StoreResult<u64> {
        let mut transaction = self.begin().await?;
        // A login that another store keeps in front of this one ends with the epoch, even if that store forgets its end.
        let update = query("UPDATE auth_account SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch").bind(user.id);
        let Some(row) = transaction.row(update).await? else { return Ok(0) };
        let keep = Keep { login: except, personal_tokens: true };
        let ended = epochs::end_those_before(&mut transaction, user.id, get(&row, 0)?, keep).await?;
        let _forgetting = self.forgetting(user.id);
        transaction.commit().await?;
        Ok(ended)
    }

    async fn renew_token(&self, user: &Account, old: &Id, new: NewAccessToken) -> StoreResult<Option<AccessToken>> {
        let mut transaction = self.begin().await?;
        if !lock(&mut transaction, user).await? {
            return Ok(None);
        }
        // Renewing counts as a use.
        let update = query(
            "UPDATE auth_login SET last_used = CASE WHEN last_used < $4 OR last_used > $5 AND created <= $5 \
             THEN $4 ELSE last_used END \
             WHERE id = \
             (SELECT login_id FROM auth_token WHERE id = $1 AND account_id = $2 AND epoch = $3) RETURNING id",
        )
        .bind(number(old))
        .bind(user.id)
        .bind(user.epoch)
        .bind(millis(new.created))
        .bind(millis(last_use::latest_at(new.created)));
        let Some(row) = transaction.row(update).await? else { return Ok(None) };
        let delete = query("DELETE FROM auth_token WHERE id = $1").bind(number(old));
        if transaction.execute(delete).await? == 0 {
            return Ok(None);
        }
        let insert = query(concat!(
            "INSERT INTO auth_token AS token (account_id, epoch, login_id, client, digest, name, created, last_used, \
             idle_timeout, expires) SELECT account_id, epoch, id, client, $2, '', $3, $3, idle_timeout, ",
            earlier!("$4", "expires"),
            " FROM auth_login WHERE id = $1 RETURNING ",
            "id, login_id, client, created, last_used, idle_timeout, expires",
        ))
        .bind(get::<i64>(&row, 0)?)
        .bind(new.digest.as_bytes().as_slice())
        .bind(millis(new.created))
        .bind(new.expires.map(millis));
        let row = transaction.one(insert).await?;
        let _forgetting = self.forgetting(user.id);
        transaction.commit().await?;
        access_token(&row, 0).map(Some)
    }

    async fn extend_token(
        &self,
        user: &Account,
        id: &Id,
        expires: Option<Duration>,
    ) -> StoreResult<Option<AccessToken>> {
        let update = query(concat!(
            "UPDATE auth_token SET expires = (SELECT ",
            earlier!("$3", "login.expires"),
            " FROM auth_login login WHERE login.id = login_id) WHERE id = $1 AND account_id = $2 AND epoch = $4 \
             AND login_id IS NOT NULL RETURNING id, login_id, client, created, last_used, idle_timeout, expires",
        ));
        let update = update.bind(number(id)).bind(user.id).bind(expires.map(millis)).bind(user.epoch);
        let _forgetting = self.forgetting(user.id);
        let row = self.written(update).await?;
        row.map(|row| access_token(&row, 0)).transpose()
    }

    async fn tokens(&self, user: &Account) -> StoreResult<Vec<TokenEntry>> {
        let list = concat!(
            "SELECT ",
            token_columns!(),
            ", token.name FROM auth_token token \
             WHERE account_id = $1 AND epoch = $2 AND login_id IS NULL ORDER BY created DESC, id DESC",
        );
        let rows = self.find_all(|| query(list).bind(user.id).bind(user.epoch)).await?;
        rows.iter().map(|row| Ok(TokenEntry { token: access_token(row, 0)?, name: get(row, 7)? })).collect()
    }

    async fn rename_token(&self, user: &Account, id: &Id, name: &str) -> StoreResult<bool> {
        let update = query("UPDATE auth_token SET name = $1 WHERE account_id = $2 AND id = $3 AND login_id IS NULL")
            .bind(name)
            .bind(user.id)
            .bind(number(id));
        Ok(self.execute(update).await? > 0)
    }

    async fn revoke_token(&self, user: &Account, id: &Id) -> StoreResult<bool> {
        let delete = query("DELETE FROM auth_token WHERE account_id = $1 AND id = $2 AND login_id IS NULL");
        let _forgetting = self.forgetting(user.id);
        Ok(self.execute(delete.bind(user.id).bind(number(id))).await? > 0)
    }

    async fn revoke_tokens(&self, user: &Account) -> StoreResult<u64> {
        let mut transaction = self.begin().await?;
        lock(&mut transaction, user).await?;
        let delete = query("DELETE FROM auth_token WHERE account_id = $1 AND login_id IS NULL").bind(user.id);
        let ended = transaction.execute(delete).await?;
        let _forgetting = self.forgetting(user.id);
        transaction.commit().await?;
        Ok(ended)
    }
}
