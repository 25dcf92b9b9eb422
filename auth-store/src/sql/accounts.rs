//! Accounts and passwords.

use std::time::Duration;

use auth_runtime::Username;
use auth_runtime::store::{
    Backend, Id, PasswordRecord, PasswordStore, RemoteUserStore, StoreError, StoreResult, SweepStore,
};
use sqlx::query;

use super::super::Store;
use super::super::dialect::{CORRECT_LOGINS, CORRECT_TOKENS, LIST_ACCOUNTS, Row, SWEEP_LOGINS, SWEEP_TOKENS};
use super::epochs;
use super::row::{account, get, millis, number};
use crate::Account;
use crate::account::{KeptName, has_nul, swept_until};
use crate::last_use::SWEPT_AHEAD;
use auth_runtime::store::{AccountStore, Keep, NameRejection, NewAccount, Swept};

impl Backend for Store {
    type User = Account;
}

impl PasswordStore for Store {
    async fn find_by_username(&self, username: &Username<'_>) -> StoreResult<Option<PasswordRecord<Account>>> {
        let username = self.kept_name(username).await?;
        let find =
            "SELECT id, username, is_active, is_staff, epoch, password_hash FROM auth_account WHERE username = $1";
        let row = self.find(|| query(find).bind(username)).await?;
        row.map(|row: Row| Ok(PasswordRecord { user: account(&row)?, hash: get(&row, 5)? })).transpose()
    }

    async fn upgrade_hash(&self, user: &Account, old: &str, new: &str) -> StoreResult<()> {
        let update = query("UPDATE auth_account SET password_hash = $1 WHERE id = $2 AND password_hash = $3");
        self.execute(update.bind(new).bind(user.id).bind(old)).await.map(drop)
    }
}

impl RemoteUserStore for Store {
    /// Returns the account of this name. Never creates one for a name that the gateway made up.
    async fn remote_user(&self, name: &Username<'_>) -> StoreResult<Option<Account>> {
        self.account_named(name).await
    }
}

impl AccountStore for Store {
    async fn create_account(&self, new: &NewAccount) -> StoreResult<Result<Account, NameRejection>> {
        let name = match KeptName::of(new) {
            Ok(name) => name,
            Err(fault) => return Ok(Err(fault.into())),
        };
        // Retried, since the conflicting account may have been deleted in the meantime.
        for _ in 0..3 {
            if let Some(account) = self.insert_account(new, &name).await? {
                return Ok(Ok(account));
            }
            if let Some(refused) = self.in_the_way(&name).await? {
                return Ok(Err(refused));
            }
        }
        Err(StoreError::new("the database inserted no account, and none was in the way"))
    }

    async fn account(&self, username: &str) -> StoreResult<Option<Account>> {
        match Username::parse(username) {
            Ok(username) => self.account_named(&username).await,
            Err(_) => Ok(None),
        }
    }

    async fn account_by_id(&self, id: &Id) -> StoreResult<Option<Account>> {
        let find = "SELECT id, username, is_active, is_staff, epoch FROM auth_account WHERE id = $1";
        let row = self.find(|| query(find).bind(number(id))).await?;
        row.as_ref().map(account).transpose()
    }

    async fn accounts(&self, search: &str, after: &str, limit: u32) -> StoreResult<Vec<Account>> {
        if has_nul(search) || has_nul(after) {
            return Ok(Vec::new());
        }
        let search = Username::skeleton_of(search);
        let rows = self.find_all(|| query(LIST_ACCOUNTS).bind(&search).bind(after).bind(i64::from(limit))).await?;
        rows.iter().map(account).collect()
    }

    async fn look_alikes(&self, username: &str, limit: u32) -> StoreResult<Vec<Account>> {
        if has_nul(username) {
            return Ok(Vec::new());
        }
        let find = "SELECT id, username, is_active, is_staff, epoch FROM auth_account \
             WHERE skeleton = $1 AND username <> $2 ORDER BY username LIMIT $3";
        let skeleton = Username::skeleton_of(username);
        let rows = self.find_all(|| query(find).bind(&skeleton).bind(username).bind(i64::from(limit))).await?;
        rows.iter().map(account).collect()
    }

    async fn set_active(&self, username: &str, is_active: bool) -> StoreResult<bool> {
        let Some(username) = self.kept_name_of(username).await? else { return Ok(false) };
        if is_active {
            let update = query("UPDATE auth_account SET is_active = $1 WHERE username = $2 RETURNING id");
            let row = self.written(update.bind(true).bind(&*username)).await?;
            return self.changed(row);
        }
        let mut transaction = self.begin().await?;
        let update =
            query("UPDATE auth_account SET is_active = $1, epoch = epoch + 1 WHERE username = $2 RETURNING id, epoch");
        let Some(row) = transaction.row(update.bind(false).bind(&*username)).await? else { return Ok(false) };
        let id: i64 = get(&row, 0)?;
        epochs::end_those_before(&mut transaction, id, get(&row, 1)?, Keep::default()).await?;
        let _forgetting = self.forgetting(id);
        transaction.commit().await?;
        Ok(true)
    }

    async fn set_staff(&self, username: &str, is_staff: bool) -> StoreResult<bool> {
        let Some(username) = self.kept_name_of(username).await? else { return Ok(false) };
        let update = query("UPDATE auth_account SET is_staff = $1 WHERE username = $2 RETURNING id");
        let row = self.written(update.bind(is_staff).bind(&*username)).await?;
        self.changed(row)
    }

    async fn set_password_hash(&self, username: &str, hash: Option<&str>, keep: Keep<'_>) -> StoreResult<bool> {
        let Some(username) = self.kept_name_of(username).await? else { return Ok(false) };
        let mut transaction = self.begin().await?;
        let update = query(
            "UPDATE auth_account SET password_hash = $1, epoch = epoch + 1 WHERE username = $2 RETURNING id, epoch",
        );
        let Some(row) = transaction.row(update.bind(hash).bind(&*username)).await? else { return Ok(false) };
        let (id, epoch): (i64, i64) = (get(&row, 0)?, get(&row, 1)?);
        epochs::end_those_before(&mut transaction, id, epoch, keep).await?;
        let _forgetting = self.forgetting(id);
        transaction.commit().await?;
        Ok(true)
    }

    async fn delete_account(&self, username: &str) -> StoreResult<bool> {
        let Some(username) = self.kept_name_of(username).await? else { return Ok(false) };
        let delete = query("DELETE FROM auth_account WHERE username = $1 RETURNING id");
        let row = self.written(delete.bind(&*username)).await?;
        self.changed(row)
    }
}

impl SweepStore for Store {
    async fn sweep(&self, now: Duration) -> StoreResult<Swept> {
        let (expired, of_replays) = swept_until(now);
        let expired = millis(expired);
        let replays = query("DELETE FROM auth_replay WHERE expires <= $1").bind(millis(of_replays));
        Ok(Swept {
            tokens: self.sweep_table(PAGE_OF_TOKENS, CORRECT_TOKENS, SWEEP_TOKENS, now, expired).await?,
            logins: self.sweep_table(PAGE_OF_LOGINS, CORRECT_LOGINS, SWEEP_LOGINS, now, expired).await?,
            replays: self.execute(replays).await?,
        })
    }
}

/// Selects the last id of the next few thousand rows after `$1`.
const PAGE_OF_TOKENS: &str =
    "SELECT max(id) FROM (SELECT id FROM auth_token WHERE id > $1 ORDER BY id LIMIT 5000) page";
const PAGE_OF_LOGINS: &str =
    "SELECT max(id) FROM (SELECT id FROM auth_login WHERE id > $1 ORDER BY id LIMIT 5000) page";

impl Store {
    /// Corrects and deletes in ranges of ids, with one statement per range, so that other writers do not wait long.
    async fn sweep_table(
        &self,
        page: &'static str,
        correct: &'static str,
        delete: &'static str,
        now: Duration,
        expired: i64,
    ) -> StoreResult<u64> {
        let ahead = millis(now.saturating_add(SWEPT_AHEAD));
        let (mut from, mut swept) = (0, 0);
        loop {
            let Some(row) = self.find(|| query(page).bind(from)).await? else { return Ok(swept) };
            let Some(to) = get::<Option<i64>>(&row, 0)? else { return Ok(swept) };
            self.execute(query(correct).bind(from).bind(to).bind(millis(now)).bind(ahead)).await?;
            swept += self.execute(query(delete).bind(from).bind(to).bind(expired)).await?;
            from = to;
        }
    }
}
