//! The router state: what schemes look up, and the notes.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use auth_runtime::store::{AccountStore, NameRejection, NewAccount, SweepStore as _};
use auth_runtime::{Accounts, AuthContext, AuthState, NoDefaultPolicy, Proxies, PublicOrigin, Settings};
use auth_store::AnyStore;

pub(crate) const ADA_PASSWORD: &str = "correct horse";
pub(crate) const BOSS_PASSWORD: &str = "battery staple";

const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// The router state.
#[derive(Debug, Clone)]
pub(crate) struct App {
    context: AuthContext<AnyStore>,
    notes: Arc<Mutex<Vec<String>>>,
}

impl AuthState for App {
    type Backend = AnyStore;
    type DefaultPolicy = NoDefaultPolicy;

    fn auth_context(&self) -> &AuthContext<AnyStore> {
        &self.context
    }
}

impl App {
    /// Opens the database and creates missing demo accounts.
    pub(crate) async fn open(
        database: &str,
        public_origin: Option<&str>,
        proxies: &[String],
    ) -> Result<Self, Box<dyn Error>> {
        let settings = match public_origin {
            Some(origin) => Settings::default().with_public_origin(PublicOrigin::configured(origin)?),
            // The proxies determine the origin.
            None if !proxies.is_empty() => Settings::default(),
            None => Settings::for_development(),
        };
        let settings = settings.with_proxies(Proxies::trusted(proxies)?);
        let context = AuthContext::with_settings(AnyStore::open(database).await?, settings);
        for (username, password, is_staff) in [("ada", ADA_PASSWORD, false), ("boss", BOSS_PASSWORD, true)] {
            if context.backend().account(username).await?.is_none() {
                let hash = context.passwords().hash(password).await?;
                let account = NewAccount::new(username).with_password_hash(hash).staff(is_staff);
                match Accounts::of(&context).create(&account).await? {
                    // Another process may have created it in the meantime.
                    Ok(_) | Err(NameRejection::Taken) => {}
                    Err(refused) => return Err(refused.into()),
                }
            }
        }
        Ok(Self { context, notes: Arc::default() })
    }

    /// Deletes expired data at intervals, for as long as the program runs.
    pub(crate) async fn sweep(self) {
        loop {
            let now = self.context.settings().clock().now();
            if let Err(error) = self.context.backend().sweep(now).await {
                tracing::warn!("what has expired could not be deleted: {error}");
            }
            tokio::time::sleep(SWEEP_EVERY).await;
        }
    }

    /// Writes pending data and closes the connections. Gives up if the database does not answer in time.
    pub(crate) async fn close(&self, within: Duration) {
        let closing = async {
            let (logins, tokens) = tokio::join!(self.context.flush_logins(), self.context.flush_tokens());
            for error in [logins, tokens].into_iter().filter_map(Result::err) {
                tracing::warn!("the last use of logins could not be noted: {error}");
            }
            self.context.backend().close().await;
        };
        if tokio::time::timeout(within, closing).await.is_err() {
            tracing::warn!("the database did not answer, so that its connections were not closed");
        }
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add_note(&self, note: String) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }
}
