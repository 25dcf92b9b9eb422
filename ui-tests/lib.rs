//! What the cases share: router states, so that each case shows its fault alone.

use auth_runtime::store::{Backend, KeyRecord, KeyStore, StoreResult};
use auth_runtime::{AuthContext, AuthState, NoDefaultPolicy};
use auth_store::{Account, MemoryStore};

/// A router state with every store.
#[derive(Debug, Clone)]
pub struct App {
    context: AuthContext<MemoryStore>,
}

impl AuthState for App {
    type Backend = MemoryStore;
    type DefaultPolicy = NoDefaultPolicy;

    fn auth_context(&self) -> &AuthContext<MemoryStore> {
        &self.context
    }
}

/// A router state that holds no `AuthContext`.
#[derive(Debug, Clone, Copy)]
pub struct Bare;

/// A backend that keeps neither passwords, tokens nor logins.
#[derive(Debug)]
pub struct NoStore;

impl Backend for NoStore {
    type User = Account;
}

/// A router state whose backend keeps nothing.
#[derive(Debug, Clone)]
pub struct Storeless {
    context: AuthContext<NoStore>,
}

impl AuthState for Storeless {
    type Backend = NoStore;
    type DefaultPolicy = NoDefaultPolicy;

    fn auth_context(&self) -> &AuthContext<NoStore> {
        &self.context
    }
}

/// A backend that keeps keys, and no records of what was used.
#[derive(Debug)]
pub struct KeysAlone;

impl Backend for KeysAlone {
    type User = Account;
}

impl KeyStore for KeysAlone {
    async fn find_key(&self, _: &str) -> StoreResult<Option<KeyRecord<Account>>> {
        Ok(None)
    }
}

/// A router state whose backend keeps keys alone.
pub type Forgetful = AuthContext<KeysAlone>;
