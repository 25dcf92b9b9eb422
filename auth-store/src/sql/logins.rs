//! Logins: finding them, creating them by their client's rules, ending them.

use std::time::Duration;

use auth_runtime::Digest;
use auth_runtime::store::{
    Client, Id, InsertOutcome, Login, LoginRecord, LoginStore, NewCredential, NewLogin, StoreResult,
};
use sqlx::query;

use super::super::Store;
use super::super::dialect::Row;
use super::call::Transaction;
use super::clients;
use super::row::{account, get, maybe_time_at, millis, time_at};
use super::store::lock;
use crate::Account;
use crate::cache::Found;

/// The columns of [`login_at`], from `login`.
macro_rules! login_columns {
    () => {
        "login.id, login.client, login.created, login.last_used, login.idle_timeout, login.expires"
    };
}
pub(super) use login_columns;

/// Reads the login in the columns from `first` on.
pub(super) fn login_at(row: &Row, first: usize) -> StoreResult<Login> {
    Ok(Login {
        id: get::<i64>(row, first)?.into(),
        client: get(row, first + 1)?,
        created: time_at(row, first + 2)?,
        last_used: time_at(row, first + 3)?,
        idle_timeout: maybe_time_at(row, first + 4)?,
        expires: maybe_time_at(row, first + 5)?,
    })
}

async fn look_up(store: &Store, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
    let find = concat!(
        "SELECT account.id, account.username, account.is_active, account.is_staff, account.epoch, ",
        login_columns!(),
        ", login.csrf_secret FROM auth_login login JOIN auth_account account ON account.id = login.account_id \
         AND account.epoch = login.epoch WHERE login.digest = $1",
    );
    let row = store.find(|| query(find).bind(digest.as_bytes().as_slice())).await?;
    let record =
        |row: Row| Ok(LoginRecord { user: account(&row)?, login: login_at(&row, 5)?, csrf_secret: get(&row, 11)? });
    row.map(record).transpose()
}

impl LoginStore for Store {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        match &self.cache {
            None => look_up(self, digest).await,
            Some(cache) => {
                let look_up = async { Ok(look_up(self, digest).await?.map(Found::Login)) };
                Ok(cache.get_or(digest, look_up).await?.and_then(Found::login))
            }
        }
    }

    async fn insert_login(&self, user: &Account, login: NewLogin) -> StoreResult<InsertOutcome<Login>> {
        let mut transaction = self.begin().await?;
        if !lock(&mut transaction, user).await? {
            return Ok(InsertOutcome::AccountChanged);
        }
        if !make_room(&mut transaction, user, &login).await? {
            return Ok(InsertOutcome::LimitReached);
        }
        let (digest, csrf_secret) = match &login.credential {
            NewCredential::Cookie { digest, csrf_secret } => (Some(digest), csrf_secret.as_deref()),
            NewCredential::Token { .. } => (None, None),
        };
        let insert = query(
            "INSERT INTO auth_login (account_id, epoch, client, digest, csrf_secret, created, last_used, idle_timeout, \
             expires, name, address, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11) RETURNING id",
        )
        .bind(user.id)
        .bind(user.epoch)
        .bind(login.client.name())
        .bind(digest.map(|digest| digest.as_bytes().as_slice()))
        .bind(csrf_secret)
        .bind(millis(login.created))
        .bind(login.client.idle_lifetime().map(millis))
        .bind(login.expires().map(millis))
        .bind(&login.name)
        .bind(login.address.map(|address| address.to_string()))
        .bind(&login.user_agent);
        let id: i64 = get(&transaction.one(insert).await?, 0)?;
        if let NewCredential::Token { digest } = &login.credential {
            let insert = query(
                "INSERT INTO auth_token (account_id, epoch, login_id, client, digest, name, created, last_used, \
                 idle_timeout, expires) VALUES ($1, $2, $3, $4, $5, '', $6, $6, $7, $8)",
            )
            .bind(user.id)
            .bind(user.epoch)
            .bind(id)
            .bind(login.client.name())
            .bind(digest.as_bytes().as_slice())
            .bind(millis(login.created))
            .bind(login.client.idle_lifetime().map(millis))
            .bind(login.token_expires().map(millis));
            transaction.execute(insert).await?;
        }
        let _forgetting = self.forgetting(user.id);
        transaction.commit().await?;
        Ok(InsertOutcome::Kept(login.as_login(id)))
    }

    async fn touch_logins(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        self.touch(super::super::dialect::TOUCH_LOGINS, used).await
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        let delete = query("DELETE FROM auth_login WHERE digest = $1 RETURNING account_id");
        let row = self.written(delete.bind(digest.as_bytes().as_slice())).await?;
        self.changed(row)
    }

    async fn find_client(&self, name: &str) -> StoreResult<Option<Client>> {
        clients::find(self, name).await
    }
}

/// Ends the logins that the client's rules end, unless there would still be no room for one more login.
async fn make_room(transaction: &mut Transaction<'_>, user: &Account, login: &NewLogin) -> StoreResult<bool> {
    if *login.client.max_logins() == Some(0) {
        return Ok(false);
    }
    if *login.client.single_login() {
        transaction.execute(query("DELETE FROM auth_login WHERE account_id = $1").bind(user.id)).await?;
    }
    let Some(max) = *login.client.max_logins() else { return Ok(true) };
    let select = query(
        "SELECT id FROM auth_login WHERE account_id = $1 AND client = $2 AND epoch = $3 \
         AND (expires IS NULL OR expires > $4) AND (idle_timeout IS NULL OR last_used > $4 - idle_timeout) \
         AND (digest IS NOT NULL OR EXISTS (SELECT 1 FROM auth_token token WHERE token.login_id = auth_login.id \
             AND (token.expires IS NULL OR token.expires > $4))) \
         ORDER BY created, id",
    )
    .bind(user.id)
    .bind(login.client.name())
    .bind(user.epoch)
    .bind(millis(login.created));
    let live = transaction.rows(select).await?;
    let Some(excess) = login.client.at_limit().make_room(live.len(), max) else { return Ok(false) };
    for row in live.iter().take(excess) {
        let delete = query("DELETE FROM auth_login WHERE id = $1").bind(get::<i64>(row, 0)?);
        transaction.execute(delete).await?;
    }
    Ok(true)
}
