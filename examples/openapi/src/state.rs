//! The router state: accounts in memory, and the document.

use std::error::Error;
use std::sync::Arc;

use auth_runtime::Accounts;
use auth_runtime::store::NewAccount;
use auth_runtime::{AuthState, Authentication, NoDefaultPolicy, Settings};
use auth_store::MemoryStore;

/// The password of `ada`.
pub const ADA_PASSWORD: &str = "correct horse";
/// The password of `boss`, who is staff.
pub const BOSS_PASSWORD: &str = "battery staple";

/// The router state.
#[derive(Debug, Clone)]
pub struct App {
    authentication: Authentication<MemoryStore>,
    document: Arc<str>,
}

impl AuthState for App {
    type Backend = MemoryStore;
    type DefaultPolicy = NoDefaultPolicy;

    fn authentication(&self) -> &Authentication<MemoryStore> {
        &self.authentication
    }
}

impl App {
    /// With the demo accounts.
    ///
    /// # Errors
    ///
    /// When a password cannot be hashed or the document cannot be written.
    pub async fn new() -> Result<Self, Box<dyn Error>> {
        // For trying this on your own machine, without TLS.
        let settings = Settings::for_development();
        let document = crate::document(&settings).to_json()?;
        let authentication = Authentication::with_settings(MemoryStore::new(), settings);
        for (username, password, is_staff) in [("ada", ADA_PASSWORD, false), ("boss", BOSS_PASSWORD, true)] {
            let hash = authentication.passwords().hash(password).await?;
            let account = NewAccount::new(username).with_password_hash(hash).staff(is_staff);
            Accounts::of(&authentication).create(&account).await??;
        }
        Ok(Self { authentication, document: document.into() })
    }

    /// The document, as JSON.
    pub(crate) fn document(&self) -> &str {
        &self.document
    }
}
