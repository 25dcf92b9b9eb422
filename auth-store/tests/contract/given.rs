//! What the tests begin with.

use std::fmt::Debug;
use std::time::Duration;

use auth_runtime::store::{
    AccessToken, Client, InsertOutcome, Login, LoginRecord, NewAccount, NewCredential, NewLogin, NewToken, TokenRecord,
};
use auth_runtime::{Digest, PresentedToken, Username};
#[cfg(any(feature = "sqlite", feature = "services"))]
use auth_store::{Account, MemoryStore, Store, StoreOptions};

/// A store as the contract asks it.
pub(crate) trait Contract: Store + Clone + Debug {}

impl<S: Store + Clone + Debug> Contract for S {}

/// A store that was just made, in two handles: where two processes can share it, as they would have them.
pub(crate) struct Fresh<S> {
    pub(crate) stores: [S; 2],
    /// The database on a server that goes when the test has passed.
    pub(crate) database: Option<Database>,
}

#[cfg(feature = "services")]
pub(crate) use crate::postgres::Database;
#[cfg(not(feature = "services"))]
pub(crate) enum Database {}
#[cfg(not(feature = "services"))]
impl Database {
    #[allow(clippy::unused_async)] // as the other one is
    async fn remove(self) {
        match self {}
    }
}

impl<S> Fresh<S> {
    pub(crate) async fn remove(self) {
        if let Some(database) = self.database {
            database.remove().await;
        }
    }
}

impl<S: Clone> From<S> for Fresh<S> {
    /// A store whose clones are all the handles that there can be.
    fn from(store: S) -> Self {
        Self { stores: [store.clone(), store], database: None }
    }
}

pub(crate) fn one<S: Clone>(fresh: &Fresh<S>) -> S {
    fresh.stores[0].clone()
}

pub(crate) fn two<S: Clone>(fresh: &Fresh<S>) -> [S; 2] {
    fresh.stores.clone()
}

#[allow(clippy::unused_async)] // as the others are
pub(crate) async fn memory(_: &str) -> Fresh<MemoryStore> {
    MemoryStore::new().into()
}

/// Time for the calls of many tasks at once on a busy machine.
#[cfg(any(feature = "sqlite", feature = "services"))]
pub(crate) const PATIENT: StoreOptions = StoreOptions::new().with_call_timeout(Duration::from_secs(60));

pub(crate) const NOW: Duration = Duration::from_millis(1_800_000_000_123);

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

pub(crate) fn client(name: &str) -> Client {
    Client::new(name).unwrap()
}

pub(crate) fn token(text: &str) -> NewToken {
    NewToken::new(digest(text), NOW)
}

/// A login by cookie with the default client.
pub(crate) fn cookie(text: &str) -> NewLogin {
    cookie_of(&Client::default(), text, NOW)
}

pub(crate) fn cookie_of(client: &Client, text: &str, created: Duration) -> NewLogin {
    let credential = NewCredential::Cookie { digest: digest(text), csrf_secret: Some("csrf secret".to_owned()) };
    NewLogin::new(credential, client.clone(), created)
}

/// A login by access token with the default client.
pub(crate) fn access(text: &str) -> NewLogin {
    access_of(&Client::default(), text, NOW)
}

pub(crate) fn access_of(client: &Client, text: &str, created: Duration) -> NewLogin {
    NewLogin::new(NewCredential::Token { digest: digest(text) }, client.clone(), created)
}

pub(crate) async fn make(store: &impl Contract, username: &str) -> Account {
    store.create_account(&NewAccount::new(username).with_password_hash("old")).await.unwrap().unwrap()
}

pub(crate) async fn log_in(store: &impl Contract, user: &Account, login: NewLogin) -> Login {
    match store.insert_login(user, login).await.unwrap() {
        InsertOutcome::Kept(login) => login,
        refused => panic!("{refused:?}"),
    }
}

pub(crate) async fn keep(store: &impl Contract, user: &Account, token: NewToken) -> AccessToken {
    match store.insert_token(user, token).await.unwrap() {
        InsertOutcome::Kept(token) => token,
        refused => panic!("{refused:?}"),
    }
}

/// An account with a password and two of each: personal tokens, logins by cookie, logins by access token.
pub(crate) async fn furnished(store: &impl Contract, username: &str) -> Account {
    let account = make(store, username).await;
    for n in [1, 2] {
        keep(store, &account, token(&format!("{username}-token-{n}"))).await;
        log_in(store, &account, cookie(&format!("{username}-login-{n}"))).await;
        log_in(store, &account, access(&format!("{username}-access-{n}"))).await;
    }
    account
}

pub(crate) async fn find_token(store: &impl Contract, text: &str) -> Option<TokenRecord<Account>> {
    store.find_token(&PresentedToken::of(digest(text))).await.unwrap()
}

pub(crate) async fn find_login(store: &impl Contract, text: &str) -> Option<LoginRecord<Account>> {
    store.find_login(&digest(text)).await.unwrap()
}

pub(crate) async fn has_token(store: &impl Contract, text: &str) -> bool {
    find_token(store, text).await.is_some()
}

pub(crate) async fn has_login(store: &impl Contract, text: &str) -> bool {
    find_login(store, text).await.is_some()
}

/// What is found of what [`furnished`] made, in the order of its names.
pub(crate) async fn left(store: &impl Contract, username: &str) -> Vec<String> {
    let mut left = Vec::new();
    for n in [1, 2] {
        for kind in ["access", "login", "token"] {
            let text = format!("{username}-{kind}-{n}");
            let found = if kind == "login" { has_login(store, &text).await } else { has_token(store, &text).await };
            if found {
                left.push(format!("{kind}-{n}"));
            }
        }
    }
    left.sort_unstable();
    left
}

pub(crate) const ALL: [&str; 6] = ["access-1", "access-2", "login-1", "login-2", "token-1", "token-2"];

pub(crate) async fn hash_of(store: &impl Contract, username: &str) -> Option<String> {
    store.find_by_username(&Username::parse(username).unwrap()).await.unwrap().unwrap().hash
}
