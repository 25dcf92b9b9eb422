//! A store in memory: for tests, and gone with the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_runtime::Digest;
use auth_runtime::store::{
    AccessToken, Backend, Login, LoginRecord, LoginStore, NewLogin, NewToken, PasswordRecord, PasswordStore,
    RemoteUserStore, StoreError, StoreResult, TokenRecord, TokenStore,
};

use crate::{Account, NewAccount};

/// Accounts, tokens and logins in memory. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    accounts: HashMap<i64, (Account, Option<String>)>,
    tokens: HashMap<[u8; 32], (i64, AccessToken)>,
    logins: HashMap<[u8; 32], (i64, Login, Option<String>)>,
    last_id: i64,
    is_down: bool,
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tables").field("accounts", &self.accounts.len()).finish_non_exhaustive()
    }
}

impl Tables {
    fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    fn account(&self, id: i64) -> Option<Account> {
        self.accounts.get(&id).map(|(account, _)| account.clone())
    }

    fn named(&mut self, username: &str) -> Option<&mut (Account, Option<String>)> {
        self.accounts.values_mut().find(|(account, _)| account.username == username)
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> StoreResult<MutexGuard<'_, Tables>> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.is_down { Err(StoreError::new("the store was taken down by a test")) } else { Ok(tables) }
    }

    /// Makes every call fail from now on, or work again, to see what an application does then.
    pub fn set_down(&self, is_down: bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_down = is_down;
    }

    /// Makes an account.
    ///
    /// # Errors
    ///
    /// When the name is taken.
    pub fn create_account(&self, account: &NewAccount) -> StoreResult<Account> {
        let mut tables = self.tables()?;
        if tables.named(&account.username).is_some() {
            return Err(StoreError::new(format!("there is an account `{}` already", account.username)));
        }
        let id = tables.next_id();
        let NewAccount { username, password_hash, is_active, is_staff } = account.clone();
        let account = Account { id, username, is_active, is_staff };
        tables.accounts.insert(id, (account.clone(), password_hash));
        Ok(account)
    }

    /// The account with this name.
    ///
    /// # Errors
    ///
    /// When the store was taken down.
    pub fn account(&self, username: &str) -> StoreResult<Option<Account>> {
        Ok(self.tables()?.named(username).map(|(account, _)| account.clone()))
    }

    /// Lets an account be used, or no longer. Whether there is one.
    ///
    /// # Errors
    ///
    /// When the store was taken down.
    pub fn set_active(&self, username: &str, is_active: bool) -> StoreResult<bool> {
        Ok(self.tables()?.named(username).map(|(account, _)| account.is_active = is_active).is_some())
    }

    /// Changes a password and ends the account's logins. Whether there is one.
    ///
    /// # Errors
    ///
    /// When the store was taken down.
    pub fn set_password_hash(&self, username: &str, hash: Option<String>) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let Some((account, old)) = tables.named(username) else { return Ok(false) };
        *old = hash;
        let id = account.id;
        tables.logins.retain(|_, (owner, _, _)| *owner != id);
        Ok(true)
    }

    /// Deletes an account with its tokens and logins. Whether there was one.
    ///
    /// # Errors
    ///
    /// When the store was taken down.
    pub fn delete_account(&self, username: &str) -> StoreResult<bool> {
        let mut tables = self.tables()?;
        let Some(id) = tables.named(username).map(|(account, _)| account.id) else { return Ok(false) };
        tables.accounts.remove(&id);
        tables.tokens.retain(|_, (owner, _)| *owner != id);
        tables.logins.retain(|_, (owner, _, _)| *owner != id);
        Ok(true)
    }

    /// Revokes the tokens of an account. How many there were.
    ///
    /// # Errors
    ///
    /// When the store was taken down.
    pub fn revoke_tokens(&self, username: &str) -> StoreResult<usize> {
        let mut tables = self.tables()?;
        let Some(id) = tables.named(username).map(|(account, _)| account.id) else { return Ok(0) };
        let before = tables.tokens.len();
        tables.tokens.retain(|_, (owner, _)| *owner != id);
        Ok(before - tables.tokens.len())
    }

    /// How many tokens there are.
    ///
    /// # Errors
    ///
    /// When the store was taken down.
    pub fn token_count(&self) -> StoreResult<usize> {
        Ok(self.tables()?.tokens.len())
    }
}

impl Backend for MemoryStore {
    type User = Account;
}

impl PasswordStore for MemoryStore {
    async fn find_by_username(&self, username: &str) -> StoreResult<Option<PasswordRecord<Account>>> {
        let mut tables = self.tables()?;
        let found = tables.named(username);
        Ok(found.map(|(user, hash)| PasswordRecord { user: user.clone(), hash: hash.clone() }))
    }

    async fn upgrade_hash(&self, user: &Account, old: &str, new: &str) -> StoreResult<()> {
        if let Some((_, hash)) = self.tables()?.accounts.get_mut(&user.id)
            && hash.as_deref() == Some(old)
        {
            *hash = Some(new.to_owned());
        }
        Ok(())
    }
}

impl TokenStore for MemoryStore {
    async fn find_token(&self, digest: &Digest) -> StoreResult<Option<TokenRecord<Account>>> {
        let tables = self.tables()?;
        let Some((owner, token)) = tables.tokens.get(digest.as_bytes()) else { return Ok(None) };
        Ok(tables.account(*owner).map(|user| TokenRecord { user, token: token.clone() }))
    }

    async fn insert_token(&self, user: &Account, token: NewToken) -> StoreResult<AccessToken> {
        let mut tables = self.tables()?;
        let id = tables.next_id().to_string();
        let kept = AccessToken { id, created: token.created, expires: token.expires };
        if tables.account(user.id).is_none() {
            return Err(StoreError::new("there is no such account"));
        }
        if tables.tokens.contains_key(token.digest.as_bytes()) {
            return Err(StoreError::new("there is such a token already"));
        }
        tables.tokens.insert(*token.digest.as_bytes(), (user.id, kept.clone()));
        Ok(kept)
    }
}

impl LoginStore for MemoryStore {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        let tables = self.tables()?;
        let Some((owner, login, csrf_secret)) = tables.logins.get(digest.as_bytes()) else { return Ok(None) };
        Ok(tables.account(*owner).map(|user| LoginRecord {
            user,
            login: login.clone(),
            csrf_secret: csrf_secret.clone(),
        }))
    }

    async fn insert_login(&self, user: &Account, login: NewLogin) -> StoreResult<Login> {
        let mut tables = self.tables()?;
        let id = tables.next_id().to_string();
        let kept = Login { id, created: login.created, last_used: login.created };
        if tables.account(user.id).is_none() || tables.logins.contains_key(login.digest.as_bytes()) {
            return Err(StoreError::new("there is no such account, or such a login already"));
        }
        tables.logins.insert(*login.digest.as_bytes(), (user.id, kept.clone(), login.csrf_secret));
        Ok(kept)
    }

    async fn touch_login(&self, digest: &Digest, at: Duration) -> StoreResult<()> {
        if let Some((_, login, _)) = self.tables()?.logins.get_mut(digest.as_bytes()) {
            login.last_used = at;
        }
        Ok(())
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        Ok(self.tables()?.logins.remove(digest.as_bytes()).is_some())
    }
}

impl RemoteUserStore for MemoryStore {
    async fn remote_user(&self, name: &str) -> StoreResult<Option<Account>> {
        self.account(name)
    }
}
