//! The router state: what schemes look up, and the notes.

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use auth_runtime::settings::SessionSettings;
use auth_runtime::{AuthState, Authentication, PublicOrigin, Settings};
use auth_store::{AccountStore, NewAccount, SqliteStore};

pub(crate) const ADA_PASSWORD: &str = "correct horse";
pub(crate) const BOSS_PASSWORD: &str = "battery staple";

/// The router state.
#[derive(Debug, Clone)]
pub(crate) struct App {
    authentication: Authentication<SqliteStore>,
    notes: Arc<Mutex<Vec<String>>>,
}

impl AuthState for App {
    type Backend = SqliteStore;

    fn authentication(&self) -> &Authentication<SqliteStore> {
        &self.authentication
    }
}

impl App {
    /// Opens the database and makes the demo accounts where they are missing.
    pub(crate) async fn open(database: &Path, public_origin: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let settings = match public_origin {
            Some(origin) => Settings::default().with_public_origin(PublicOrigin::configured(origin)?),
            None => Settings::default()
                .with_public_origin(PublicOrigin::host_header(false))
                .with_session(SessionSettings::insecure_for_development()),
        };
        let authentication = Authentication::with_settings(SqliteStore::open(database).await?, settings);
        for (username, password, is_staff) in [("ada", ADA_PASSWORD, false), ("boss", BOSS_PASSWORD, true)] {
            if authentication.backend().account(username).await?.is_none() {
                let hash = authentication.passwords().hash(password).await?;
                let account = NewAccount::new(username).with_password_hash(hash).staff(is_staff);
                authentication.backend().create_account(&account).await?;
            }
        }
        Ok(Self { authentication, notes: Arc::default() })
    }

    pub(crate) async fn close(&self) {
        self.authentication.backend().close().await;
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add_note(&self, note: String) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }
}
