//! [`Import`]: an import under way.

use std::collections::HashSet;
use std::time::Duration;

use auth_runtime::Settings;

use super::clients::Clients;
use super::names::Names;
use super::report::Report;

/// An import under way.
pub(super) struct Import<'a, S> {
    pub(super) store: &'a S,
    pub(super) settings: &'a Settings,
    pub(super) now: Duration,
    pub(super) dry_run: bool,
    pub(super) with_users: bool,
    /// Users who will not be there, so that a dry run knows.
    pub(super) unreadable_users: HashSet<String>,
    pub(super) clients: Clients,
    pub(super) names: Names,
    pub(super) report: Report,
}
