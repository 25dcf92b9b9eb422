//! The router state: accounts in memory, and the document.

use std::error::Error;
use std::sync::Arc;

use auth_runtime::Accounts;
use auth_runtime::store::NewAccount;
use auth_runtime::{AuthContext, AuthState, NoDefaultPolicy, Settings};
use auth_store::MemoryStore;

/// The password of `ada`.
pub const ADA_PASSWORD: &str = "correct horse";
/// The password of `boss`, who is staff.
pub const BOSS_PASSWORD: &str = "battery staple";

/// The router state.
#[derive(Debug, Clone)]
pub struct App {
    context: AuthContext<MemoryStore>,
    document: Arc<str>,
}

impl AuthState for App {
    type Backend = MemoryStore;
    type DefaultPolicy = NoDefaultPolicy;

    fn auth_context(&self) -> &AuthContext<MemoryStore> {
        &self.context
    }
}

impl App {
    /// Creates the state with the demo accounts.
    ///
    /// # Errors
    ///
    /// If a password cannot be hashed or the document cannot be written.
    pub async fn new() -> Result<Self, Box<dyn Error>> {
        // For running this on your own machine, without TLS.
        let settings = Settings::for_development();
        let document = crate::document(&settings).to_json()?;
        let context = AuthContext::with_settings(MemoryStore::new(), settings);
        for (username, password, is_staff) in [("ada", ADA_PASSWORD, false), ("boss", BOSS_PASSWORD, true)] {
            let hash = context.passwords().hash(password).await?;
            let account = NewAccount::new(username).with_password_hash(hash).staff(is_staff);
            Accounts::of(&context).create(&account).await??;
        }
        Ok(Self { context, document: document.into() })
    }

    /// Returns the document as JSON.
    pub(crate) fn document(&self) -> &str {
        &self.document
    }
}
