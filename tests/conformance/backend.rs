//! The accounts of a case: a store in memory that counts how often it is asked.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth_runtime::store::{
    AccessToken, AccountStore, Backend, Id, InsertOutcome, Login, LoginRecord, LoginStore, NewAccount, NewLogin,
    NewToken, PasswordRecord, PasswordStore, PermissionStore, RemoteUserStore, StoreError, StoreResult, TokenRecord,
    TokenStore,
};
use auth_runtime::{Digest, PresentedToken, User, Username};
use auth_store::{Account, MemoryStore};
use serde_json::{Value, json};

/// Who a request is from, with the two values that stand for nobody.
#[derive(Debug, Clone)]
pub(crate) enum CaseUser {
    Account(Account),
    /// The framework's anonymous user, whose name is empty.
    Anonymous,
    /// A scheme said that the caller is nobody, and yet authenticated.
    NoUser,
}

impl CaseUser {
    /// As the default handler shows it.
    pub(crate) fn shown(&self) -> Value {
        match self {
            Self::Account(account) => json!(account.username),
            Self::Anonymous => json!(""),
            Self::NoUser => Value::Null,
        }
    }

    pub(crate) fn account(&self) -> Option<&Account> {
        match self {
            Self::Account(account) => Some(account),
            Self::Anonymous | Self::NoUser => None,
        }
    }
}

impl User for CaseUser {
    fn id(&self) -> Cow<'_, str> {
        self.account().map_or(Cow::Borrowed(""), User::id)
    }

    fn is_active(&self) -> bool {
        self.account().is_some_and(User::is_active)
    }

    fn is_staff(&self) -> bool {
        self.account().is_some_and(User::is_staff)
    }

    fn is_anonymous(&self) -> bool {
        self.account().is_none()
    }
}

/// The setting `auth_backends`: who may log in, and what a gateway's user name is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthBackends {
    Model,
    AllowInactive,
    RemoteUser { creates: bool },
}

impl AuthBackends {
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, String> {
        match text {
            // Grants for objects are kept here without another backend.
            None | Some("model" | "guardian") => Ok(Self::Model),
            Some("allow_inactive") => Ok(Self::AllowInactive),
            Some("remote_user") => Ok(Self::RemoteUser { creates: true }),
            Some("remote_user_no_create") => Ok(Self::RemoteUser { creates: false }),
            Some(other) => Err(format!("the auth_backends `{other}`")),
        }
    }
}

/// Clones share the store and the count.
#[derive(Debug, Clone)]
pub(crate) struct CaseBackend {
    pub(crate) store: MemoryStore,
    calls: Arc<AtomicUsize>,
    backends: AuthBackends,
}

impl CaseBackend {
    pub(crate) fn new(backends: AuthBackends) -> Self {
        Self { store: MemoryStore::new(), calls: Arc::default(), backends }
    }

    /// A store of its own whose calls are counted together with this one's.
    pub(crate) fn beside(&self) -> Self {
        Self { store: MemoryStore::new(), calls: Arc::clone(&self.calls), backends: self.backends }
    }

    /// How often the store was asked since the last time.
    pub(crate) fn take_calls(&self) -> usize {
        self.calls.swap(0, Ordering::SeqCst)
    }

    pub(crate) async fn user(&self, username: &str) -> StoreResult<Option<CaseUser>> {
        Ok(self.asked().account(username).await?.map(CaseUser::Account))
    }

    fn asked(&self) -> &MemoryStore {
        self.calls.fetch_add(1, Ordering::SeqCst);
        &self.store
    }
}

fn account(user: &CaseUser) -> StoreResult<&Account> {
    user.account().ok_or_else(|| StoreError::new("nobody has no account"))
}

impl Backend for CaseBackend {
    type User = CaseUser;
}

impl PasswordStore for CaseBackend {
    async fn find_by_username(&self, username: &Username<'_>) -> StoreResult<Option<PasswordRecord<CaseUser>>> {
        let record = self.asked().find_by_username(username).await?;
        Ok(record.map(|record| PasswordRecord { user: CaseUser::Account(record.user), hash: record.hash }))
    }

    async fn upgrade_hash(&self, user: &CaseUser, old: &str, new: &str) -> StoreResult<()> {
        self.asked().upgrade_hash(account(user)?, old, new).await
    }

    fn may_log_in(&self, user: &CaseUser) -> bool {
        self.backends == AuthBackends::AllowInactive || user.is_active()
    }
}

impl TokenStore for CaseBackend {
    async fn find_token(&self, token: &PresentedToken) -> StoreResult<Option<TokenRecord<CaseUser>>> {
        let record = self.asked().find_token(token).await?;
        Ok(record.map(|record| TokenRecord { user: CaseUser::Account(record.user), token: record.token }))
    }

    async fn insert_token(&self, user: &CaseUser, token: NewToken) -> StoreResult<InsertOutcome<AccessToken>> {
        self.asked().insert_token(account(user)?, token).await
    }
}

impl LoginStore for CaseBackend {
    async fn find_login(&self, digest: &Digest) -> StoreResult<Option<LoginRecord<CaseUser>>> {
        let record = self.asked().find_login(digest).await?;
        Ok(record.map(|LoginRecord { user, login, csrf_secret }| LoginRecord {
            user: CaseUser::Account(user),
            login,
            csrf_secret,
        }))
    }

    async fn insert_login(&self, user: &CaseUser, login: NewLogin) -> StoreResult<InsertOutcome<Login>> {
        self.asked().insert_login(account(user)?, login).await
    }

    /// Not counted: no request waits for it.
    async fn touch_logins(&self, used: &[(Id, Duration)]) -> StoreResult<()> {
        self.store.touch_logins(used).await
    }

    async fn end_login(&self, digest: &Digest) -> StoreResult<bool> {
        self.asked().end_login(digest).await
    }
}

impl PermissionStore for CaseBackend {
    async fn has_permissions(&self, user: &CaseUser, codenames: &[&str], object: Option<&str>) -> StoreResult<bool> {
        self.asked().has_permissions(account(user)?, codenames, object).await
    }
}

impl RemoteUserStore for CaseBackend {
    async fn remote_user(&self, name: &Username<'_>) -> StoreResult<Option<CaseUser>> {
        let AuthBackends::RemoteUser { creates } = self.backends else { return Ok(None) };
        match self.user(name.typed()).await? {
            None if creates => {
                let account = self.asked().create_account(&NewAccount::new(name.as_str())).await?;
                Ok(account.ok().map(CaseUser::Account))
            }
            found => Ok(found),
        }
    }
}
