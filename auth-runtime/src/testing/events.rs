//! Events that a test asks for afterwards: [`RecordedEvents`].

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::context::event::EventKind;
use crate::context::event::{Event, EventListener};
use crate::store::Id;

/// An [`Event`] that outlives its request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedEvent {
    /// What happened.
    pub kind: EventKind,
    /// When, since the Unix epoch.
    pub at: Duration,
    /// The [id](crate::User::id) of the account; `None` when none is known.
    pub user: Option<String>,
    /// The [id](crate::User::id) of the account that did it to `user`.
    pub operator: Option<String>,
    /// The scheme that read the credentials.
    pub scheme: Option<String>,
    /// The login, where the event is about one.
    pub login: Option<Id>,
    /// The token, where the event is about one.
    pub token: Option<Id>,
    /// The client of the login.
    pub client: Option<String>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// Why.
    pub reason: Option<String>,
}

/// Keeps every event. Clones keep them together: one goes to the settings, the test asks the other.
///
/// ```
/// use auth_runtime::Settings;
/// use auth_runtime::testing::RecordedEvents;
///
/// let events = RecordedEvents::default();
/// let settings = Settings::default().with_event_listener(events.clone());
/// assert_eq!(events.kinds(), []);
/// # let _ = settings;
/// ```
#[derive(Debug, Clone, Default)]
pub struct RecordedEvents(Arc<Mutex<Vec<RecordedEvent>>>);

impl RecordedEvents {
    fn lock(&self) -> MutexGuard<'_, Vec<RecordedEvent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All events so far, the oldest first.
    pub fn all(&self) -> Vec<RecordedEvent> {
        self.lock().clone()
    }

    /// What happened so far, the oldest first.
    pub fn kinds(&self) -> Vec<EventKind> {
        self.lock().iter().map(|event| event.kind).collect()
    }

    /// The events of one kind.
    pub fn of_kind(&self, kind: EventKind) -> Vec<RecordedEvent> {
        self.lock().iter().filter(|event| event.kind == kind).cloned().collect()
    }

    /// The latest event.
    pub fn last(&self) -> Option<RecordedEvent> {
        self.lock().last().cloned()
    }

    /// All events so far, which are forgotten.
    pub fn take(&self) -> Vec<RecordedEvent> {
        std::mem::take(&mut *self.lock())
    }
}

impl EventListener for RecordedEvents {
    fn on_event(&self, event: &Event<'_>) {
        self.lock().push(RecordedEvent {
            kind: event.kind,
            at: event.at,
            user: event.user.map(str::to_owned),
            operator: event.operator.map(str::to_owned),
            scheme: event.scheme.map(str::to_owned),
            login: event.login.cloned(),
            token: event.token.cloned(),
            client: event.client.map(str::to_owned),
            address: event.address,
            reason: event.reason.map(str::to_owned),
        });
    }
}
