//! [`Import`]: the state of a running import.

use std::collections::HashSet;
use std::time::Duration;

use auth_runtime::Settings;

use super::clients::Clients;
use super::names::Names;
use super::report::Report;

/// A running import.
pub(super) struct Import<'a, S> {
    pub(super) store: &'a S,
    pub(super) settings: &'a Settings,
    pub(super) now: Duration,
    pub(super) dry_run: bool,
    pub(super) with_users: bool,
    /// Users who will not be imported, so that a dry run skips their tokens as well.
    pub(super) unreadable_users: HashSet<String>,
    pub(super) clients: Clients,
    pub(super) names: Names,
    pub(super) report: Report,
}
