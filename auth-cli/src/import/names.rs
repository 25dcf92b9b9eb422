//! What users are called here.

use std::collections::{HashMap, HashSet};

use auth_runtime::Username;
use auth_runtime::store::StoreResult;
use auth_store::{Account, Store};
use futures_util::StreamExt as _;

use super::Import;
use super::read::username;
use super::source::Source;
use super::table::Table;
use crate::failure::Failure;

/// What the users of Django are called here.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By the names of Django, those that are different here.
    here: HashMap<String, String>,
    /// The names that a dry run would have made, by skeleton.
    planned: HashMap<String, HashSet<String>>,
}

impl Names {
    /// Finds the names that are not [normalized](Username), and what they become: their normalized form, unless that is what
    /// another user of Django would be called, too. Then both keep the names that they have.
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

    /// What a user of Django is called here.
    pub(super) fn here<'a>(&'a self, there: &'a str) -> &'a str {
        self.here.get(there).map_or(there, String::as_str)
    }
}

/// Calls `see` with each valid name of a user.
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

impl<S: Store> Import<'_, S> {
    /// The account of exactly this name: the store would also take a name for its normalized form, which may be another
    /// user's.
    pub(super) async fn account(&self, name: &str) -> StoreResult<Option<Account>> {
        Ok(self.store.account(name).await?.filter(|account| account.username == name))
    }

    /// The names of accounts here that look like this one, which was imported.
    pub(super) async fn look_alikes(&mut self, name: &str) -> StoreResult<Vec<String>> {
        /// More help nobody.
        const SHOWN: u32 = 10;
        let there = self.store.look_alikes(name, SHOWN).await?;
        let mut names: Vec<String> = there.into_iter().map(|account| account.username).collect();
        if self.dry_run {
            let planned = self.names.planned.entry(Username::skeleton_of(name)).or_default();
            names.extend(planned.iter().cloned());
            planned.insert(name.to_owned());
            names.sort_unstable();
            names.truncate(SHOWN as usize);
        }
        Ok(names)
    }
}
