//! What the example starts with: two accounts, and the document.

use std::error::Error;

use auth_runtime::store::NewAccount;
use auth_runtime::{Accounts, AuthContext, Settings};
use auth_store::MemoryStore;

use crate::api;
use crate::state::{ADA_PASSWORD, App, BOSS_PASSWORD};

impl App {
    /// With the demo accounts.
    ///
    /// # Errors
    ///
    /// When a password cannot be hashed or the document cannot be written.
    pub async fn new() -> Result<Self, Box<dyn Error>> {
        // For trying this on your own machine, without TLS.
        let settings = Settings::for_development();
        let document = api::document(&settings).to_json()?;
        let context = AuthContext::with_settings(MemoryStore::new(), settings);
        for (username, password, is_staff) in [("ada", ADA_PASSWORD, false), ("boss", BOSS_PASSWORD, true)] {
            let hash = context.passwords().hash(password).await?;
            let account = NewAccount::new(username).with_password_hash(hash).staff(is_staff);
            Accounts::of(&context).create(&account).await??;
        }
        Ok(Self { context, document: document.into() })
    }
}
