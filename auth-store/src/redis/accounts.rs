//! Accounts, which the store behind keeps, and what their changes end here.

use std::time::Duration;

use auth_runtime::Digest;
use auth_runtime::store::{
    Backend, Client, ClientStore, PasswordRecord, PasswordStore, RemoteUserStore, ReplayStore, StoreResult,
};

use super::script::{END_CLIENT, FIRST_USE, MOVE};
use super::{RedisStore, hex, millis, own_number};
use crate::{Account, AccountStore, Keep, NewAccount, Store, Swept};

impl<B: Store> Backend for RedisStore<B> {
    type User = Account;
}

impl<B: Store> PasswordStore for RedisStore<B> {
    async fn find_by_username(&self, username: &str) -> StoreResult<Option<PasswordRecord<Account>>> {
        self.accounts.find_by_username(username).await
    }

    async fn upgrade_hash(&self, user: &Account, old: &str, new: &str) -> StoreResult<()> {
        self.accounts.upgrade_hash(user, old, new).await
    }

    fn may_log_in(&self, user: &Account) -> bool {
        self.accounts.may_log_in(user)
    }
}

impl<B: Store> RemoteUserStore for RedisStore<B> {
    async fn remote_user(&self, name: &str) -> StoreResult<Option<Account>> {
        self.accounts.remote_user(name).await
    }
}

impl<B: Store> RedisStore<B> {
    /// Makes room for others. The account's epoch has ended these logins already, so Redis need not even be there; those of
    /// `epoch` were made since.
    async fn clear(&self, account: i64, epoch: Option<i64>) {
        if let Err(error) = self.end_own_logins(account, None, epoch).await {
            tracing::warn!(target: "auth::store", %error, "logins that have ended stay in Redis until they expire");
        }
    }
}

impl<B: Store> RedisStore<B> {
    /// Ends the logins that the store behind still keeps of an account.
    pub(super) async fn end_logins_behind(&self, user: &Account) -> StoreResult<()> {
        self.accounts.revoke_logins(user, None).await.map(drop)
    }
}

impl<B: Store> AccountStore for RedisStore<B> {
    async fn create_account(&self, account: &NewAccount) -> StoreResult<Option<Account>> {
        self.accounts.create_account(account).await
    }

    async fn account(&self, username: &str) -> StoreResult<Option<Account>> {
        self.accounts.account(username).await
    }

    async fn account_by_id(&self, id: i64) -> StoreResult<Option<Account>> {
        self.accounts.account_by_id(id).await
    }

    async fn accounts(&self, search: &str, after: &str, limit: u32) -> StoreResult<Vec<Account>> {
        self.accounts.accounts(search, after, limit).await
    }

    async fn set_active(&self, username: &str, is_active: bool) -> StoreResult<bool> {
        let was_there = self.accounts.set_active(username, is_active).await?;
        if !is_active && let Some(account) = self.accounts.account(username).await? {
            self.clear(account.id, Some(account.epoch)).await;
        }
        Ok(was_there)
    }

    async fn set_staff(&self, username: &str, is_staff: bool) -> StoreResult<bool> {
        self.accounts.set_staff(username, is_staff).await
    }

    async fn set_password_hash(&self, username: &str, hash: Option<&str>, keep: Keep<'_>) -> StoreResult<bool> {
        if !self.accounts.set_password_hash(username, hash, keep).await? {
            return Ok(false);
        }
        let Some(account) = self.accounts.account(username).await? else { return Ok(true) };
        if let Some(login) = keep.login.and_then(own_number) {
            // From the epoch before: of another change that came since, it is not what is kept.
            let arguments = [account.id, login, account.epoch].map(|number| number.to_string());
            if let Err(error) = self.redis.run::<i64>(&MOVE, &arguments).await {
                tracing::warn!(target: "auth::store", %error, "whoever changed a password has to log in again");
            }
        }
        self.clear(account.id, Some(account.epoch)).await;
        Ok(true)
    }

    async fn delete_account(&self, username: &str) -> StoreResult<bool> {
        let Some(account) = self.accounts.account(username).await? else { return Ok(false) };
        let was_there = self.accounts.delete_account(username).await?;
        self.clear(account.id, None).await;
        Ok(was_there)
    }

    /// What is kept in Redis goes by itself.
    async fn sweep(&self, now: Duration) -> StoreResult<Swept> {
        self.accounts.sweep(now).await
    }
}

impl<B: Store> ClientStore for RedisStore<B> {
    async fn clients(&self) -> StoreResult<Vec<Client>> {
        self.accounts.clients().await
    }

    async fn put_client(&self, client: &Client) -> StoreResult<bool> {
        self.accounts.put_client(client).await
    }

    async fn delete_client(&self, name: &str) -> StoreResult<bool> {
        let was_there = self.accounts.delete_client(name).await?;
        while self.redis.run::<i64>(&END_CLIENT, &[name.to_owned()]).await? > 0 {}
        Ok(was_there)
    }
}

impl<B: Send + Sync + 'static> ReplayStore for RedisStore<B> {
    async fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
        let record = format!("{}replay:{}:{scope}", self.redis.prefix, hex(key));
        let arguments = [millis(now).to_string(), millis(expires).to_string()];
        Ok(self.redis.run_on::<i64>(&FIRST_USE, record, &arguments).await? > 0)
    }

    fn survives_restarts(&self) -> bool {
        true
    }
}
