//! [`MemoryStore`]: keeps everything in memory, for tests.

mod accounts;
mod groups;
#[cfg(feature = "keys")]
mod keys;
mod logins;
mod manage;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_runtime::store::{AccessToken, Client, Id, Login, LoginEntry, StoreError, StoreResult, TokenEntry};
use auth_runtime::{Digest, Username};

use crate::Account;
use auth_runtime::store::Keep;

/// Accounts, tokens and logins in memory. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    accounts: HashMap<i64, Row>,
    ids: HashMap<String, i64>,
    /// The names that share a skeleton, by skeleton.
    skeletons: HashMap<String, BTreeSet<String>>,
    groups: BTreeMap<String, GroupRow>,
    grants: HashMap<i64, Grants>,
    clients: BTreeMap<String, Client>,
    logins: BTreeMap<i64, LoginRow>,
    cookies: HashMap<Digest, i64>,
    tokens: BTreeMap<i64, TokenRow>,
    digests: HashMap<Digest, i64>,
    replays: HashMap<(String, Digest), Duration>,
    #[cfg(feature = "keys")]
    keys: BTreeMap<String, KeyRow>,
    last_id: i64,
    is_down: bool,
}

struct Row {
    account: Account,
    password_hash: Option<String>,
}

/// Codenames, with the key of the object if the grant is for one object only.
type Grants = BTreeSet<(String, Option<String>)>;

#[derive(Default)]
struct GroupRow {
    members: BTreeSet<i64>,
    grants: Grants,
}

#[cfg(feature = "keys")]
struct KeyRow {
    account: i64,
    new: crate::NewSigningKey,
}

struct LoginRow {
    account: i64,
    epoch: i64,
    cookie: Option<Digest>,
    csrf_secret: Option<String>,
    entry: LoginEntry,
}

struct TokenRow {
    account: i64,
    epoch: i64,
    digest: Digest,
    entry: TokenEntry,
}

impl TokenRow {
    fn login(&self) -> Option<i64> {
        self.entry.token.login.as_ref().map(number)
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").field("accounts", &self.accounts.len()).finish_non_exhaustive()
    }
}

fn number(id: &Id) -> i64 {
    id.number().unwrap_or(0)
}

impl MemoryStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes every call fail from now on, or work again: for testing how an application handles an outage.
    pub fn set_down(&self, is_down: bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_down = is_down;
    }

    fn tables(&self) -> StoreResult<MutexGuard<'_, Tables>> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.is_down { Err(StoreError::new("the store was taken down by a test")) } else { Ok(tables) }
    }
}

impl Tables {
    fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// Returns the key of the account with this name, or else with the normalized form of this name.
    fn id(&self, username: &str) -> Option<i64> {
        let name = Username::parse(username).ok()?;
        self.ids.get(name.typed()).or_else(|| self.ids.get(name.as_str())).copied()
    }

    fn named(&self, username: &str) -> Option<&Row> {
        self.accounts.get(&self.id(username)?)
    }

    fn named_mut(&mut self, username: &str) -> Option<&mut Row> {
        let id = self.id(username)?;
        self.accounts.get_mut(&id)
    }

    /// Returns the accounts with these names, in the same order.
    fn with_names<'n>(&self, names: impl IntoIterator<Item = &'n String>) -> Vec<Account> {
        let rows = names.into_iter().filter_map(|name| self.accounts.get(self.ids.get(name)?));
        rows.map(|row| row.account.clone()).collect()
    }

    /// Removes an account and its name, and nothing else.
    fn remove_account(&mut self, id: i64) {
        let Some(Row { account, .. }) = self.accounts.remove(&id) else { return };
        self.ids.remove(&account.username);
        if let Entry::Occupied(mut alike) = self.skeletons.entry(Username::skeleton_of(&account.username)) {
            alike.get_mut().remove(&account.username);
            if alike.get().is_empty() {
                alike.remove();
            }
        }
    }

    /// Returns the account if `epoch` is its current epoch.
    fn current(&self, account: i64, epoch: i64) -> Option<&Account> {
        self.accounts.get(&account).map(|row| &row.account).filter(|account| account.epoch == epoch)
    }

    fn is_current(&self, account: &Account) -> bool {
        self.current(account.id, account.epoch).is_some()
    }

    /// Returns an error if the digest exists already, as the unique index of a database does.
    fn claim(&self, digest: &Digest) -> StoreResult<()> {
        if self.cookies.contains_key(digest) || self.digests.contains_key(digest) {
            return Err(StoreError::new("there is something with this digest already"));
        }
        Ok(())
    }

    fn insert_token(&mut self, account: &Account, digest: Digest, name: String, token: AccessToken) -> AccessToken {
        let id = self.next_id();
        let token = AccessToken { id: id.into(), ..token };
        let entry = TokenEntry { token: token.clone(), name };
        self.tokens.insert(id, TokenRow { account: account.id, epoch: account.epoch, digest, entry });
        self.digests.insert(digest, id);
        token
    }

    /// Ends the logins for which `ends` returns true, with their tokens. Returns how many ended.
    fn end_logins(&mut self, mut ends: impl FnMut(&LoginRow) -> bool) -> u64 {
        let ended: Vec<i64> = self.logins.iter().filter(|(_, row)| ends(row)).map(|(id, _)| *id).collect();
        for id in &ended {
            if let Some(cookie) = self.logins.remove(id).and_then(|row| row.cookie) {
                self.cookies.remove(&cookie);
            }
            self.end_tokens(|row| row.login() == Some(*id));
        }
        ended.len() as u64
    }

    /// Ends the tokens for which `ends` returns true. Returns how many ended.
    fn end_tokens(&mut self, mut ends: impl FnMut(&TokenRow) -> bool) -> u64 {
        let ended: Vec<i64> = self.tokens.iter().filter(|(_, row)| ends(row)).map(|(id, _)| *id).collect();
        for id in &ended {
            if let Some(row) = self.tokens.remove(id) {
                self.digests.remove(&row.digest);
            }
        }
        ended.len() as u64
    }

    /// Starts a new epoch of an account and ends its logins and tokens, except those to keep. Returns how many logins ended.
    fn begin_epoch(&mut self, id: i64, keep: Keep<'_>) -> u64 {
        let Some(Row { account, .. }) = self.accounts.get_mut(&id) else { return 0 };
        account.epoch += 1;
        let (epoch, kept) = (account.epoch, keep.login.map(number));
        for row in self.logins.values_mut().filter(|row| row.account == id && Some(row.id()) == kept) {
            row.epoch = epoch;
        }
        for row in self.tokens.values_mut().filter(|row| row.account == id) {
            let stays = match row.login() {
                Some(login) => Some(login) == kept,
                None => keep.personal_tokens,
            };
            if stays {
                row.epoch = epoch;
            }
        }
        let ended = self.end_logins(|row| row.account == id && row.epoch < epoch);
        self.end_tokens(|row| row.account == id && row.epoch < epoch);
        ended
    }

    /// Returns when the access token of a login expires, or zero if the token no longer exists.
    fn token_end(&self, login: &LoginRow) -> Option<Duration> {
        if login.cookie.is_some() {
            return None;
        }
        let token = self.tokens.values().find(|row| row.login() == Some(login.id()));
        token.map_or(Some(Duration::ZERO), |row| row.entry.token.expires)
    }

    fn login(&self, account: &Account, id: &Id) -> Option<&LoginRow> {
        self.logins.get(&number(id)).filter(|row| row.account == account.id)
    }
}

impl LoginRow {
    fn id(&self) -> i64 {
        number(&self.entry.login.id)
    }

    fn login(&self) -> &Login {
        &self.entry.login
    }
}
