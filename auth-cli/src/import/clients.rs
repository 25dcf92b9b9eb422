//! The new names of Durin's clients.

use std::collections::{HashMap, HashSet};

use futures_util::StreamExt as _;

use super::read::DurinClient;
use super::source::Source;
use super::table::Table;
use crate::failure::Failure;

/// The new names of Durin's clients.
#[derive(Debug, Default)]
pub(super) struct Clients {
    /// All names in Durin. No other client may get one of them.
    names: HashSet<String>,
    /// The new names, by Durin's client ids.
    pub(super) by_id: HashMap<String, String>,
}

impl Clients {
    /// Reads the names that Durin uses.
    pub(super) async fn reserve(&mut self, source: &mut Source) -> Result<(), Failure> {
        let mut rows = source.rows(Table::DurinClients);
        while let Some(row) = rows.next().await {
            if let Ok(client) = DurinClient::read(&row?) {
                self.names.insert(client.name.to_owned());
            }
        }
        Ok(())
    }

    pub(super) fn is_taken(&self, name: &str, by_other_than: &str) -> bool {
        (self.names.contains(name) && name != by_other_than) || self.by_id.values().any(|taken| taken == name)
    }
}
