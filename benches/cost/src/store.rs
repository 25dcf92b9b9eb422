//! Users, tokens and logins in maps: what a look-up costs at least, so that nothing hides what surrounds it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::time::Duration;

use auth_runtime::store::{
    AccessToken, Backend, Id, InsertOutcome, Login, LoginRecord, LoginStore, NewLogin, NewToken, PasswordRecord,
    PasswordStore, RemoteUserStore, StoreError, StoreResult, TokenRecord, TokenStore,
};
use auth_runtime::{Clock, Digest, PresentedToken, TokenFormat, User, Username};

/// A user as cheap to hand out as one can be.
#[derive(Debug, Clone)]
pub struct Account {
    /// The primary key.
    pub id: i64,
    /// The name.
    pub name: Arc<str>,
    /// Whether the account may be used.
    pub is_active: bool,
}

impl User for Account {
    fn id(&self) -> Cow<'_, str> {
        self.id.to_string().into()
    }

    fn is_active(&self) -> bool {
        self.is_active
    }
}

/// The standard map, with keys of the hash that are the same in each run: what is counted is then the same, too.
pub(crate) type Map<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// A thousand users, each with a token, a login and a password.
#[derive(Debug, Default)]
pub struct Store {
    /// By the digest of the token.
    pub(crate) tokens: Map<Digest, TokenRecord<Account>>,
    /// By the digest of the cookie.
    pub(crate) logins: Map<Digest, LoginRecord<Account>>,
    /// By name.
    pub(crate) accounts: Map<Arc<str>, PasswordRecord<Account>>,
    /// By primary key.
    by_id: Map<i64, Account>,
}

impl Store {
    /// The tokens and cookies are those of [`token`] and [`cookie`], and the passwords all have this hash.
    ///
    /// Every token and login was just used, as one is that sends more than one request a minute.
    pub fn furnished(tokens: &[String], cookies: &[String], hash: Option<&str>) -> Self {
        let mut store = Self::default();
        let now = Clock::system().now();
        for (n, (token, cookie)) in tokens.iter().zip(cookies).enumerate() {
            let id = i64::try_from(n).expect("a small number") + 1;
            let user = Account { id, name: format!("user-{n:03}").into(), is_active: true };
            let (created, expires) = (now, Some(now + Duration::from_secs(86_400)));
            let access =
                AccessToken { id: id.into(), created, last_used: Some(now), expires, ..AccessToken::default() };
            let login = Login { id: id.into(), created, last_used: now, expires, ..Login::default() };
            let presented = TokenFormat::default().read(token.as_bytes()).expect("a token");
            store.tokens.insert(*presented.digest(), TokenRecord { user: user.clone(), token: access });
            store
                .logins
                .insert(Digest::of(cookie.as_bytes()), LoginRecord { user: user.clone(), login, csrf_secret: None });
            store.by_id.insert(id, user.clone());
            let record = PasswordRecord { user: user.clone(), hash: hash.map(str::to_owned) };
            store.accounts.insert(Arc::clone(&user.name), record);
        }
        store
    }

    /// The account of this primary key.
    pub fn account(&self, id: i64) -> Option<Account> {
        self.by_id.get(&id).cloned()
    }
}

impl Backend for Store {
    type User = Account;
}

impl TokenStore for Store {
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<Account>>> {
        Ok(self.tokens.get(token.digest()).cloned())
    }

    async fn insert_token(&self, _: &Account, _: NewToken) -> StoreResult<InsertOutcome<AccessToken>> {
        Err(StoreError::new("nothing is kept here"))
    }
}

impl LoginStore for Store {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<Account>>> {
        Ok(self.logins.get(digest).cloned())
    }

    async fn insert_login(&self, _: &Account, _: NewLogin) -> StoreResult<InsertOutcome<Login>> {
        Err(StoreError::new("nothing is kept here"))
    }

    async fn touch_logins(&self, _: &[(Id, Duration)]) -> StoreResult<()> {
        Ok(())
    }

    async fn end_login(&self, _: &Digest) -> StoreResult<bool> {
        Ok(false)
    }
}

impl PasswordStore for Store {
    async fn find_by_username(&self, username: &Username<'_>) -> StoreResult<Option<PasswordRecord<Account>>> {
        Ok(self.accounts.get(username.as_str()).cloned())
    }

    async fn upgrade_hash(&self, _: &Account, _: &str, _: &str) -> StoreResult<()> {
        Ok(())
    }
}

impl RemoteUserStore for Store {
    async fn remote_user(&self, name: &Username<'_>) -> StoreResult<Option<Account>> {
        Ok(self.accounts.get(name.as_str()).map(|record| record.user.clone()))
    }
}
