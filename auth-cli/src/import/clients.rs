//! What the clients of Durin are called here.

use std::collections::{HashMap, HashSet};

use futures_util::StreamExt as _;

use super::read::DurinClient;
use super::source::Source;
use super::table::Table;
use crate::failure::Failure;

/// What the clients are called here.
#[derive(Debug, Default)]
pub(super) struct Clients {
    /// The names of all clients there, which no other one gets here.
    names: HashSet<String>,
    /// By their ids there.
    pub(super) by_id: HashMap<String, String>,
}

impl Clients {
    /// Learns the names that are in use there.
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
