//! Records events for a test: [`RecordedEvents`].

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::context::event::{Event, EventKind, EventListener};
use crate::store::Id;

/// An owned copy of an [`Event`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedEvent {
    /// What happened.
    pub kind: EventKind,
    /// When it happened, since the Unix epoch.
    pub at: Duration,
    /// The [id](crate::User::id) of the account. `None` means that none is known.
    pub user: Option<String>,
    /// The [id](crate::User::id) of the account that did it to `user`.
    pub operator: Option<String>,
    /// The scheme that read the credentials.
    pub scheme: Option<String>,
    /// The login, if the event is about one.
    pub login: Option<Id>,
    /// The token, if the event is about one.
    pub token: Option<Id>,
    /// The client of the login.
    pub client: Option<String>,
    /// The address of the request.
    pub address: Option<IpAddr>,
    /// The reason.
    pub reason: Option<String>,
}

/// Records every event. Clones share the record: give one to the settings and query the other in the test.
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

    /// Returns all events so far, oldest first.
    pub fn all(&self) -> Vec<RecordedEvent> {
        self.lock().clone()
    }

    /// Returns the kinds of all events so far, oldest first.
    pub fn kinds(&self) -> Vec<EventKind> {
        self.lock().iter().map(|event| event.kind).collect()
    }

    /// Returns the events of one kind.
    pub fn of_kind(&self, kind: EventKind) -> Vec<RecordedEvent> {
        self.lock().iter().filter(|event| event.kind == kind).cloned().collect()
    }

    /// Returns the latest event.
    pub fn last(&self) -> Option<RecordedEvent> {
        self.lock().last().cloned()
    }

    /// Returns all events so far and forgets them.
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
