//! Accounts, which the inner store keeps, and the logins in Redis that end when an account changes.

use std::time::Duration;

use auth_runtime::store::{
    Backend, Client, ClientStore, Id, PasswordRecord, PasswordStore, RemoteUserStore, ReplayStore, StoreResult,
    SweepStore,
};
use auth_runtime::{Digest, Username};

use super::RedisStore;
use super::call::Call;
use super::script::{END_CLIENT, END_LOGINS, FIRST_USE, MOVE};
use super::values::{hex, millis, own_number};
use crate::{Account, Store};
use auth_runtime::store::{AccountStore, Keep, NameRejection, NewAccount, Swept};

impl<B: Store> Backend for RedisStore<B> {
    type User = Account;
}

impl<B: Store> PasswordStore for RedisStore<B> {
    async fn find_by_username(&self, username: &Username<'_>) -> StoreResult<Option<PasswordRecord<Account>>> {
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
    async fn remote_user(&self, name: &Username<'_>) -> StoreResult<Option<Account>> {
        self.accounts.remote_user(name).await
    }
}

impl<B: Store> RedisStore<B> {
    /// Frees memory in Redis by deleting the logins of an account, except those of `epoch`, which are newer. The new epoch has
    /// already ended them, so this may fail. Returns how many there were.
    async fn clear(&self, call: &Call<'_>, account: i64, epoch: Option<i64>) -> u64 {
        let arguments = [account.to_string(), epoch.map(|epoch| epoch.to_string()).unwrap_or_default()];
        call.run(&END_LOGINS, &arguments).await.unwrap_or_else(|error| {
            tracing::warn!(target: "auth::store", %error, "logins that have ended stay in Redis until they expire");
            0
        })
    }

    /// Ends the logins of an account that are not of its current epoch. One login of the previous epoch can be kept; it moves
    /// to the current one. Returns how many ended.
    pub(super) async fn end_those_before(&self, call: &Call<'_>, account: &Account, kept: Option<&Id>) -> u64 {
        if let Some(login) = kept.and_then(own_number) {
            // A login to keep must be of the previous epoch: after another concurrent change it is not the one to keep.
            let arguments = [account.id, login, account.epoch].map(|number| number.to_string());
            if let Err(error) = call.run::<i64>(&MOVE, &arguments).await {
                tracing::warn!(target: "auth::store", %error, "a login that was to be kept has ended with the others");
            }
        }
        self.clear(call, account.id, Some(account.epoch)).await
    }
}

impl<B: Store> AccountStore for RedisStore<B> {
    async fn create_account(&self, account: &NewAccount) -> StoreResult<Result<Account, NameRejection>> {
        self.accounts.create_account(account).await
    }

    async fn account(&self, username: &str) -> StoreResult<Option<Account>> {
        self.accounts.account(username).await
    }

    async fn account_by_id(&self, id: &Id) -> StoreResult<Option<Account>> {
        self.accounts.account_by_id(id).await
    }

    async fn look_alikes(&self, username: &str, limit: u32) -> StoreResult<Vec<Account>> {
        self.accounts.look_alikes(username, limit).await
    }

    async fn accounts(&self, search: &str, after: &str, limit: u32) -> StoreResult<Vec<Account>> {
        self.accounts.accounts(search, after, limit).await
    }

    async fn set_active(&self, username: &str, is_active: bool) -> StoreResult<bool> {
        let call = self.redis.call();
        let was_there = call.behind(self.accounts.set_active(username, is_active)).await?;
        if !is_active && let Some(account) = call.behind(self.accounts.account(username)).await? {
            self.end_those_before(&call, &account, None).await;
        }
        Ok(was_there)
    }

    async fn set_staff(&self, username: &str, is_staff: bool) -> StoreResult<bool> {
        self.accounts.set_staff(username, is_staff).await
    }

    async fn set_password_hash(&self, username: &str, hash: Option<&str>, keep: Keep<'_>) -> StoreResult<bool> {
        let call = self.redis.call();
        if !call.behind(self.accounts.set_password_hash(username, hash, keep)).await? {
            return Ok(false);
        }
        if let Some(account) = call.behind(self.accounts.account(username)).await? {
            self.end_those_before(&call, &account, keep.login).await;
        }
        Ok(true)
    }

    async fn delete_account(&self, username: &str) -> StoreResult<bool> {
        let call = self.redis.call();
        let Some(account) = call.behind(self.accounts.account(username)).await? else { return Ok(false) };
        let was_there = call.behind(self.accounts.delete_account(username)).await?;
        self.clear(&call, account.id, None).await;
        Ok(was_there)
    }
}

impl<B: Store> SweepStore for RedisStore<B> {
    /// Redis expires its own keys.
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
        // Repeated until all logins have ended; each step has its own call timeout.
        while self.redis.call().run::<i64>(&END_CLIENT, &[name.to_owned()]).await? > 0 {}
        Ok(was_there)
    }
}

impl<B: Send + Sync + 'static> ReplayStore for RedisStore<B> {
    async fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
        let record = format!("{}replay:{}:{scope}", self.redis.prefix, hex(key));
        let arguments = [millis(now).to_string(), millis(expires).to_string()];
        Ok(self.redis.call().run_on::<i64>(&FIRST_USE, record, &arguments).await? > 0)
    }

    fn survives_restarts(&self) -> bool {
        true
    }
}
