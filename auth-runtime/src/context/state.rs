//! How schemes reach an application's data: [`AuthState`].

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::client_rates::ClientRates;
use super::default_policy::{DefaultPolicy, NoDefaultPolicy};
use super::last_used::LastUsed;
use super::settings::Settings;
use crate::hashing::Passwords;
use crate::store::{Backend, ReplayStore, StoreResult, Use};
use crate::value::clock::Mark;
use crate::value::secret::Digest;

/// A router state that holds an [`AuthContext`].
///
/// ```
/// use auth_runtime::{AuthState, AuthContext, NoDefaultPolicy};
/// # type MyStore = ();
///
/// #[derive(Clone)]
/// struct App {
///     context: AuthContext<MyStore>,
/// }
///
/// impl AuthState for App {
///     type Backend = MyStore;
///     type DefaultPolicy = NoDefaultPolicy;
///
///     fn auth_context(&self) -> &AuthContext<MyStore> {
///         &self.context
///     }
/// }
/// ```
///
/// `Arc<App>` is a state if `App` is one. `()` is a state with no backend and the default settings, so that a router without
/// state can use schemes that need neither.
#[diagnostic::on_unimplemented(
    message = "the router state `{Self}` does not implement `AuthState`",
    label = "needs `impl AuthState for {Self}`",
    note = "give `{Self}` a field `context: AuthContext<..>` and implement `auth_runtime::AuthState`, as its \
            documentation shows; `FromRef` does not replace it",
    note = "if `{Self}` is only a part of the router state, say which it is: `#[authenticate(.., state = App)]`"
)]
pub trait AuthState: Clone + Send + Sync + 'static {
    /// The application's data.
    type Backend: Backend;

    /// The policy that holds for what a handler does not state. A bare `#[authenticate]` means this policy. A handler that
    /// names its own schemes keeps the permission and the throttles of this policy unless it states its own.
    ///
    /// Use [`NoDefaultPolicy`](crate::NoDefaultPolicy) for an application without defaults.
    type DefaultPolicy: DefaultPolicy<Self> + ?Sized;

    /// Returns the data, the settings and the password hasher.
    fn auth_context(&self) -> &AuthContext<Self::Backend>;
}

/// An application's data, settings and password hasher. Clones share them.
pub struct AuthContext<B>(Arc<Inner<B>>);

struct Inner<B> {
    backend: B,
    settings: Settings,
    passwords: Passwords,
    login_uses: LastUsed,
    token_uses: LastUsed,
    client_rates: ClientRates,
    started: Mark,
}

impl<B: Backend> AuthContext<B> {
    /// Creates a context with the default settings.
    pub fn new(backend: B) -> Self {
        Self::with_settings(backend, Settings::default())
    }

    /// Creates a context with these settings. Logs a warning if they are [for development](Settings::for_development).
    ///
    /// # Panics
    ///
    /// If argon2 does not accept the password settings, such as less than 8 KiB a lane.
    pub fn with_settings(backend: B, settings: Settings) -> Self {
        if !settings.session().is_secure() {
            tracing::warn!(
                target: "auth::settings",
                "login cookies are sent over plain HTTP, so anybody on the way can read them; these are settings for \
                 development, use `Settings::default()` in production"
            );
        }
        let passwords = Passwords::new(settings.passwords());
        let (login_uses, token_uses) = (LastUsed::default(), LastUsed::default());
        let client_rates = ClientRates::default();
        let started = settings.clock().mark();
        Self(Arc::new(Inner { backend, settings, passwords, login_uses, token_uses, client_rates, started }))
    }

    /// Returns the data.
    pub fn backend(&self) -> &B {
        &self.0.backend
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Returns the password hasher.
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

impl<B: Backend + ReplayStore> AuthContext<B> {
    /// Records the use of something that may be used once, such as a nonce: `key` within `scope`. `validity` begins when it was
    /// made and ends when it expires, both since the Unix epoch.
    ///
    /// If the store's records [do not survive a restart](ReplayStore::survives_restarts), anything made before this
    /// `AuthContext` results in [`Use::BeforeRecords`]: it may have been used while another process was running. Messages
    /// usually carry times in whole seconds, so anything made in the second of the start counts as made before it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use auth_runtime::store::{Backend, ReplayStore, StoreError, Use};
    /// use auth_runtime::{AuthContext, Digest};
    ///
    /// /// Whether a webhook that was made at `made` comes for the first time.
    /// async fn is_new<B: Backend + ReplayStore>(
    ///     context: &AuthContext<B>, id: &str, made: Duration
    /// ) -> Result<bool, StoreError> {
    ///     let key = Digest::of(id.as_bytes());
    ///     let validity = made..made + Duration::from_secs(300);
    ///     Ok(context.record_use("webhook", &key, validity).await? == Use::First)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If the store does not answer.
    pub async fn record_use(&self, scope: &str, key: &Digest, validity: Range<Duration>) -> StoreResult<Use> {
        let (backend, now) = (self.backend(), self.settings().clock().now());
        if !backend.survives_restarts() && validity.start < self.0.started.time(now) {
            return Ok(Use::BeforeRecords);
        }
        let is_first = backend.first_use(scope, key, now, validity.end).await?;
        Ok(if is_first { Use::First } else { Use::Repeated })
    }
}

impl<B> Clone for AuthContext<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B> fmt::Debug for AuthContext<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthContext").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl<B: Backend> AuthState for AuthContext<B> {
    type Backend = B;
    type DefaultPolicy = NoDefaultPolicy;

    fn auth_context(&self) -> &Self {
        self
    }
}

impl<S: AuthState> AuthState for Arc<S> {
    type Backend = S::Backend;
    type DefaultPolicy = <S::DefaultPolicy as DefaultPolicy<S>>::InArc;

    fn auth_context(&self) -> &AuthContext<S::Backend> {
        S::auth_context(self)
    }
}

impl AuthState for () {
    type Backend = ();
    type DefaultPolicy = NoDefaultPolicy;

    fn auth_context(&self) -> &AuthContext<()> {
        static NONE: OnceLock<AuthContext<()>> = OnceLock::new();
        NONE.get_or_init(|| AuthContext::new(()))
    }
}
