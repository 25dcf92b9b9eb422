//! How schemes reach an application's data: [`AuthState`].

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::last_used::LastUsed;
use crate::password::Passwords;
use crate::settings::Settings;
use crate::store::Backend;
use crate::throttle::ClientRates;

/// A router state that holds an [`Authentication`].
///
/// ```
/// use auth_runtime::{AuthState, Authentication};
/// # type MyStore = ();
///
/// #[derive(Clone)]
/// struct App {
///     authentication: Authentication<MyStore>,
/// }
///
/// impl AuthState for App {
///     type Backend = MyStore;
///     fn authentication(&self) -> &Authentication<MyStore> {
///         &self.authentication
///     }
/// }
/// ```
///
/// `()` is one, with no backend and the default settings, so that a router without state can use schemes that need none.
#[diagnostic::on_unimplemented(
    message = "the router state `{Self}` holds no `Authentication`",
    label = "needs a field `authentication: Authentication<..>`",
    note = "implement `auth_runtime::AuthState` for `{Self}`, as its documentation shows",
    note = "if `{Self}` is only a part of the router state, say which it is: `#[authenticate(.., state = App)]`"
)]
pub trait AuthState: Clone + Send + Sync + 'static {
    /// The application's data.
    type Backend: Backend;

    /// The data, the settings and the password hasher.
    fn authentication(&self) -> &Authentication<Self::Backend>;
}

/// An application's data, settings and password hasher. Clones share them.
pub struct Authentication<B>(Arc<Inner<B>>);

struct Inner<B> {
    backend: B,
    settings: Settings,
    passwords: Passwords,
    login_uses: LastUsed,
    token_uses: LastUsed,
    client_rates: ClientRates,
}

impl<B: Backend> Authentication<B> {
    /// With the default settings.
    pub fn new(backend: B) -> Self {
        Self::with_settings(backend, Settings::default())
    }

    /// With these settings.
    ///
    /// # Panics
    ///
    /// When the password settings are none that argon2 accepts, such as less than 8 KiB a lane.
    pub fn with_settings(backend: B, settings: Settings) -> Self {
        let passwords = Passwords::new(settings.passwords());
        let (login_uses, token_uses) = (LastUsed::default(), LastUsed::default());
        let client_rates = ClientRates::default();
        Self(Arc::new(Inner { backend, settings, passwords, login_uses, token_uses, client_rates }))
    }

    /// The data.
    pub fn backend(&self) -> &B {
        &self.0.backend
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The password hasher.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn login_uses(&self) -> &LastUsed {
        &self.0.login_uses
    }

    pub(crate) fn client_rates(&self) -> &ClientRates {
        &self.0.client_rates
    }

    pub(crate) fn token_uses(&self) -> &LastUsed {
        &self.0.token_uses
    }
}

impl<B> Clone for Authentication<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B> fmt::Debug for Authentication<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl<B: Backend> AuthState for Authentication<B> {
    type Backend = B;

    fn authentication(&self) -> &Self {
        self
    }
}

impl AuthState for () {
    type Backend = ();

    fn authentication(&self) -> &Authentication<()> {
        static NONE: OnceLock<Authentication<()>> = OnceLock::new();
        NONE.get_or_init(|| Authentication::new(()))
    }
}
