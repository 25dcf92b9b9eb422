//! Events about accounts, logins and tokens: [`Event`], for logs, mails and metrics of an application.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

pub use super::event_kind::EventKind;
use crate::store::Id;

/// Something that happened to an account, a login or a token.
///
/// Contains nothing secret, and no name that a caller merely typed: people type passwords into the field for the name. The
/// guide has a [table](crate::guide::logins_and_tokens) of all events and their fields.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event<'a> {
    /// What happened.
    pub kind: EventKind,
    /// When it happened, since the Unix epoch.
    pub at: Duration,
    /// The [id](crate::User::id) of the account. `None` means that none is known.
    pub user: Option<&'a str>,
    /// The [id](crate::User::id) of the account that did it to `user`: a member of the staff on the admin pages.
    pub operator: Option<&'a str>,
    /// The [name](crate::Authenticator::NAME) of the scheme that read the credentials.
    pub scheme: Option<&'a str>,
    /// The login, if the event is about one.
    pub login: Option<&'a Id>,
    /// The token, if the event is about one.
    pub token: Option<&'a Id>,
    /// The client of the login.
    pub client: Option<&'a str>,
    /// The address of the request.
    pub address: Option<IpAddr>,
    /// The reason, such as `wrong_password`. For [`EventKind::CredentialsRefused`], the text that is logged.
    pub reason: Option<&'a str>,
}

impl<'a> Event<'a> {
    /// Creates an event without any optional field.
    pub fn new(kind: EventKind, at: Duration) -> Self {
        Self {
            kind,
            at,
            user: None,
            operator: None,
            scheme: None,
            login: None,
            token: None,
            client: None,
            address: None,
            reason: None,
        }
    }

    /// Sets the account.
    #[must_use]
    pub fn of(mut self, user: &'a str) -> Self {
        self.user = Some(user);
        self
    }

    /// Sets the account that did it.
    #[must_use]
    pub fn by(mut self, operator: Option<&'a str>) -> Self {
        self.operator = operator;
        self
    }

    /// Sets the scheme that read the credentials.
    #[must_use]
    pub fn scheme(mut self, scheme: Option<&'a str>) -> Self {
        self.scheme = scheme;
        self
    }

    /// Sets the reason.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<Option<&'a str>>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Sets the login.
    #[must_use]
    pub fn login(mut self, login: &'a Id) -> Self {
        self.login = Some(login);
        self
    }

    /// Sets the token.
    #[must_use]
    pub fn token(mut self, token: &'a Id) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the client of the login.
    #[must_use]
    pub fn client(mut self, client: &'a str) -> Self {
        self.client = Some(client);
        self
    }

    /// Sets the address of the request.
    #[must_use]
    pub fn from_address(mut self, address: Option<IpAddr>) -> Self {
        self.address = address;
        self
    }
}

/// Called synchronously for every [`Event`], within the request. Hand slow work to a channel.
///
/// ```
/// use auth_runtime::event::{Event, EventKind};
/// use auth_runtime::Settings;
///
/// let settings = Settings::default().with_event_listener(|event: &Event<'_>| {
///     if event.kind == EventKind::LoginThrottled {
///         println!("somebody guesses passwords from {:?}", event.address);
///     }
/// });
/// # let _ = settings;
/// ```
pub trait EventListener: Send + Sync + 'static {
    /// Handles an event.
    fn on_event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync + 'static> EventListener for F {
    fn on_event(&self, event: &Event<'_>) {
        self(event);
    }
}

/// The receivers of events: `tracing`, under the target `auth::event`, and the listeners of the settings.
#[derive(Clone, Default)]
pub struct Events(Vec<Arc<dyn EventListener>>);

impl Events {
    pub(crate) fn with(mut self, listener: impl EventListener) -> Self {
        self.0.push(Arc::new(listener));
        self
    }

    /// Returns whether any receiver wants events.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.0.is_empty()
            || cfg!(feature = "metrics")
            || tracing::enabled!(target: "auth::event", tracing::Level::INFO)
    }

    /// Sends an event to `tracing` and to every listener.
    pub fn emit(&self, event: &Event<'_>) {
        tracing::info!(
            target: "auth::event",
            event = event.kind.as_str(),
            user = event.user,
            operator = event.operator,
            scheme = event.scheme,
            login = event.login.map(tracing::field::display),
            token = event.token.map(tracing::field::display),
            client = event.client,
            address = event.address.map(tracing::field::display),
            reason = event.reason,
        );
        #[cfg(feature = "metrics")]
        super::metrics::count_event(event.kind);
        for listener in &self.0 {
            listener.on_event(event);
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Events({} listeners)", self.0.len())
    }
}
