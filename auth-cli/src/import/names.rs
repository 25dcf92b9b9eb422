//! The new names of Django's users.

use std::collections::{HashMap, HashSet};

use auth_runtime::Username;
use futures_util::StreamExt as _;

use super::read::username;
use super::source::Source;
use super::table::Table;
use crate::failure::Failure;

/// The new names of Django's users.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The new names that differ, by the name in Django.
    here: HashMap<String, String>,
    /// The names that a dry run would have created, by skeleton.
    pub(super) planned: HashMap<String, HashSet<String>>,
}

impl Names {
    /// Finds the names that are not [normalized](Username), and replaces each with its normalized form. If another user of
    /// Django would get the same name, both keep their names.
    pub(super) async fn learn(&mut self, source: &mut Source) -> Result<(), Failure> {
        let mut others: HashMap<String, Vec<String>> = HashMap::new();
        each_name(source, |name| {
            if !name.is_normalized() {
                others.entry(name.as_str().to_owned()).or_default().push(name.typed().to_owned());
            }
        })
        .await?;
        if others.is_empty() {
            return Ok(());
        }
        each_name(source, |name| {
            if name.is_normalized() {
                others.remove(name.as_str());
            }
        })
        .await?;
        for (normalized, mut there) in others {
            if let (Some(name), true) = (there.pop(), there.is_empty()) {
                self.here.insert(name, normalized);
            }
        }
        Ok(())
    }

    /// Returns the new name of a user of Django.
    pub(super) fn here<'a>(&'a self, there: &'a str) -> &'a str {
        self.here.get(there).map_or(there, String::as_str)
    }
}

/// Calls `see` with each valid username.
async fn each_name(source: &mut Source, mut see: impl FnMut(Username<'_>)) -> Result<(), Failure> {
    let mut rows = source.rows(Table::Users);
    while let Some(row) = rows.next().await {
        if let Ok(Some(name)) = username(&row?, 1)
            && let Ok(name) = Username::parse(name)
        {
            see(name);
        }
    }
    Ok(())
}
