//! Access tokens and personal tokens.

use std::time::Duration;

use auth_runtime::PresentedToken;
use auth_runtime::store::{AccessToken, Id, InsertOutcome, NewToken, StoreResult, TokenLimit, TokenRecord, TokenStore};
use sqlx::query;

use super::super::Store;
use super::super::dialect::Row;
use super::call::Transaction;
use super::row::{account, get, maybe_time_at, millis, time_at};
use super::store::lock;
use crate::Account;
use crate::cache::Found;

/// The columns of [`access_token`], from `token`.
macro_rules! token_columns {
    () => {
        "token.id, token.login_id, token.client, token.created, token.last_used, token.idle_timeout, token.expires"
    };
}
pub(super) use token_columns;

/// Reads the token in the columns from `first` on.
pub(super) fn access_token(row: &Row, first: usize) -> StoreResult<AccessToken> {
    Ok(AccessToken {
        id: get::<i64>(row, first)?.into(),
        login: get::<Option<i64>>(row, first + 1)?.map(Id::from),
        client: get(row, first + 2)?,
        created: time_at(row, first + 3)?,
        last_used: maybe_time_at(row, first + 4)?,
        idle_timeout: maybe_time_at(row, first + 5)?,
        expires: maybe_time_at(row, first + 6)?,
    })
}

macro_rules! find_token {
    ($condition:literal) => {
        concat!(
            "SELECT account.id, account.username, account.is_active, account.is_staff, account.epoch, ",
            token_columns!(),
            " FROM auth_token token JOIN auth_account account ON account.id = token.account_id \
              AND account.epoch = token.epoch WHERE ",
            $condition
        )
    };
}

async fn look_up(store: &Store, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Account>>> {
    let digest = token.digest().as_bytes().as_slice();
    let row = match token.imported_digest() {
        None => store.find(|| query(find_token!("token.digest = $1")).bind(digest)).await,
        Some(imported) => {
            let imported = imported.as_bytes().as_slice();
            store.find(|| query(find_token!("token.digest IN ($1, $2)")).bind(digest).bind(imported)).await
        }
    };
    let record = |row: Row| Ok(TokenRecord { user: account(&row)?, token: access_token(&row, 5)? });
    row?.map(record).transpose()
}

impl TokenStore for Store {
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Account>>> {
        match &self.cache {
            None => look_up(self, token).await,
            Some(cache) => {
                let look_up = async { Ok(look_up(self, token).await?.map(Found::Token)) };
                Ok(cache.get_or(token.digest(), look_up).await?.and_then(Found::token))
            }
        }
    }

    async fn insert_token(&self, user: &Account, token: NewToken) -> StoreResult<InsertOutcome<AccessToken>> {
        let NewToken { digest, name, created, expires, limit, .. } = token;
        let mut transaction = self.begin().await?;
        if !lock(&mut transaction, user).await? {
            return Ok(InsertOutcome::AccountChanged);
        }
        let ended = match limit {
            None => 0,
            Some(limit) => match make_room(&mut transaction, user, limit, created).await? {
                None => return Ok(InsertOutcome::LimitReached),
                Some(ended) => ended,
            },
        };
        let insert = query(
            "INSERT INTO auth_token (account_id, epoch, client, digest, name, created, expires) \
             VALUES ($1, $2, '', $3, $4, $5, $6) RETURNING id",
        )
        .bind(user.id)
        .bind(user.epoch)
        .bind(digest.as_bytes().as_slice())
        .bind(name)
        .bind(millis(created))
        .bind(expires.map(millis));
        let row = transaction.one(insert).await?;
        let _forgetting = (ended > 0).then(|| self.forgetting(user.id));
        transaction.commit().await?;
        Ok(InsertOutcome::Kept(AccessToken {
            id: get::<i64>(&row, 0)?.into(),
            created,
            expires,
            ..AccessToken::default()
        }))
    }

    async fn touch_tokens(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        self.touch(super::super::dialect::TOUCH_TOKENS, used).await
    }
}

/// Ends the tokens that the limit ends, and returns how many. `None` means that there would still be no room for one more
/// token. The account is locked.
async fn make_room(
    transaction: &mut Transaction<'_>,
    user: &Account,
    limit: TokenLimit,
    now: Duration,
) -> StoreResult<Option<usize>> {
    let select = query(
        "SELECT id FROM auth_token WHERE account_id = $1 AND epoch = $2 AND login_id IS NULL \
         AND (expires IS NULL OR expires > $3) \
         AND (idle_timeout IS NULL OR coalesce(last_used, created) > $3 - idle_timeout) ORDER BY created, id",
    )
    .bind(user.id)
    .bind(user.epoch)
    .bind(millis(now));
    let live = transaction.rows(select).await?;
    let Some(excess) = limit.at_limit.make_room(live.len(), limit.max) else { return Ok(None) };
    for row in live.iter().take(excess) {
        let delete = query("DELETE FROM auth_token WHERE id = $1").bind(get::<i64>(row, 0)?);
        transaction.execute(delete).await?;
    }
    Ok(Some(excess))
}
