//! Accounts, passwords, clients and replays.

use std::collections::hash_map::Entry;
use std::time::Duration;

use auth_runtime::store::{
    Backend, Client, ClientStore, Id, PasswordRecord, PasswordStore, RemoteUserStore, ReplayStore, StoreResult,
    SweepStore,
};
use auth_runtime::{Digest, Username};

use super::{MemoryStore, Row};
use crate::account::{KeptName, has_nul, swept_until};
use crate::{Account, last_use};
use auth_runtime::store::{AccountStore, Keep, NameRejection, NewAccount, Swept};

impl Backend for MemoryStore {
    type User = Account;
}

impl PasswordStore for MemoryStore {
    async fn find_by_username(&self, username: &Username<'_>) -> StoreResult<Option<PasswordRecord<Account>>> {
        let record = |row: &Row| PasswordRecord { user: row.account.clone(), hash: row.password_hash.clone() };
        Ok(self.tables()?.named(username.typed()).map(record))
    }

    async fn upgrade_hash(&self, user: &Account, old: &str, new: &str) -> StoreResult<()> {
        if let Some(row) = self.tables()?.accounts.get_mut(&user.id)
            && row.password_hash.as_deref() == Some(old)
        {
            row.password_hash = Some(new.to_owned());
        }
        Ok(())
    }
}

impl RemoteUserStore for MemoryStore {
    /// Returns the account of this name. Never creates one for a name that the gateway made up.
    async fn remote_user(&self, name: &Username<'_>) -> StoreResult<Option<Account>> {
        self.account(name.typed()).await
    }
}

impl AccountStore for MemoryStore {
    async fn create_account(&self, new: &NewAccount) -> StoreResult<Result<Account, NameRejection>> {
        let KeptName { username, skeleton } = match KeptName::of(new) {
            Ok(name) => name,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let mut tables = self.tables()?;
        if tables.ids.contains_key(&username) {
            return Ok(Err(NameRejection::Taken));
        }
        let id = tables.next_id();
        let alike = tables.skeletons.entry(skeleton).or_default();
        if let Some(other) = alike.first().filter(|_| !new.is_imported) {
            return Ok(Err(NameRejection::LooksLike(other.clone())));
        }
        alike.insert(username.clone());
        let NewAccount { password_hash, is_active, is_staff, .. } = new.clone();
        let account = Account { id, username, is_active, is_staff, epoch: 0 };
        tables.ids.insert(account.username.clone(), id);
        tables.accounts.insert(id, Row { account: account.clone(), password_hash });
        Ok(Ok(account))
    }

    async fn account(&self, username: &str) -> StoreResult<Option<Account>> {
        Ok(self.tables()?.named(username).map(|row| row.account.clone()))
    }

    async fn account_by_id(&self, id: &Id) -> StoreResult<Option<Account>> {
        let Some(id) = id.number() else { return Ok(None) };
        Ok(self.tables()?.accounts.get(&id).map(|row| row.account.clone()))
    }

    async fn accounts(&self, search: &str, after: &str, limit: u32) -> StoreResult<Vec<Account>> {
        let tables = self.tables()?;
        if has_nul(search) {
            return Ok(Vec::new());
        }
        let search = Username::skeleton_of(search);
        let found = tables.skeletons.iter().filter(|(skeleton, _)| skeleton.contains(&search));
        let mut names: Vec<&String> = found.flat_map(|(_, names)| names).filter(|name| name.as_str() > after).collect();
        names.sort_unstable();
        names.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(tables.with_names(names))
    }

    async fn look_alikes(&self, username: &str, limit: u32) -> StoreResult<Vec<Account>> {
        let tables = self.tables()?;
        let alike = tables.skeletons.get(&Username::skeleton_of(username));
        let others = alike.into_iter().flatten().filter(|other| *other != username);
        Ok(tables.with_names(others.take(usize::try_from(limit).unwrap_or(usize::MAX))))
    }

    async fn set_active(&self, username: &str, is_active: bool) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let Some(Row { account, .. }) = tables.named_mut(username) else { return Ok(false) };
        account.is_active = is_active;
        if !is_active {
            let id = account.id;
            tables.begin_epoch(id, Keep::default());
        }
        Ok(true)
    }

    async fn set_staff(&self, username: &str, is_staff: bool) -> StoreResult<bool> {
        Ok(self.tables()?.named_mut(username).map(|row| row.account.is_staff = is_staff).is_some())
    }

    async fn set_password_hash(&self, username: &str, hash: Option<&str>, keep: Keep<'_>) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let Some(Row { account, password_hash }) = tables.named_mut(username) else { return Ok(false) };
        *password_hash = hash.map(str::to_owned);
        let id = account.id;
        tables.begin_epoch(id, keep);
        Ok(true)
    }

    async fn delete_account(&self, username: &str) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let Some(id) = tables.id(username) else { return Ok(false) };
        tables.remove_account(id);
        tables.grants.remove(&id);
        for group in tables.groups.values_mut() {
            group.members.remove(&id);
        }
        #[cfg(feature = "keys")]
        tables.keys.retain(|_, row| row.account != id);
        tables.end_logins(|row| row.account == id);
        tables.end_tokens(|row| row.account == id);
        Ok(true)
    }
}

impl SweepStore for MemoryStore {
    async fn sweep(&self, now: Duration) -> StoreResult<Swept> {
        let mut tables = self.tables()?;
        let ahead = now.saturating_add(last_use::SWEPT_AHEAD);
        for login in tables.logins.values_mut().map(|row| &mut row.entry.login) {
            if last_use::is_wrong(login.created, login.last_used, ahead) {
                login.last_used = now;
            }
        }
        for token in tables.tokens.values_mut().map(|row| &mut row.entry.token) {
            if token.last_used.is_some_and(|last_used| last_use::is_wrong(token.created, last_used, ahead)) {
                token.last_used = Some(now);
            }
        }
        let (now, of_replays) = swept_until(now);
        let tokens = tables.end_tokens(|row| row.entry.token.has_expired(now));
        let without_token: Vec<i64> = tables
            .logins
            .values()
            .filter(|row| tables.token_end(row) == Some(Duration::ZERO))
            .map(super::LoginRow::id)
            .collect();
        let logins = tables.end_logins(|row| row.login().has_expired(now) || without_token.contains(&row.id()));
        let before = tables.replays.len();
        tables.replays.retain(|_, expires| *expires > of_replays);
        Ok(Swept { logins, tokens, replays: (before - tables.replays.len()) as u64 })
    }
}

impl ClientStore for MemoryStore {
    async fn clients(&self) -> StoreResult<Vec<Client>> {
        Ok(self.tables()?.clients.values().cloned().collect())
    }

    async fn put_client(&self, client: &Client) -> StoreResult<bool> {
        Ok(self.tables()?.clients.insert(client.name().to_owned(), client.clone()).is_none())
    }

    async fn delete_client(&self, name: &str) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let was_there = tables.clients.remove(name).is_some();
        if was_there {
            tables.end_logins(|row| row.login().client == name);
        }
        Ok(was_there)
    }
}

impl ReplayStore for MemoryStore {
    async fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
        match self.tables()?.replays.entry((scope.to_owned(), *key)) {
            Entry::Occupied(used) if *used.get() > now => Ok(false),
            entry => {
                entry.insert_entry(expires);
                Ok(true)
            }
        }
    }
}
