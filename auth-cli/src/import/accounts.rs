//! The existing accounts.

use auth_runtime::Username;
use auth_runtime::store::StoreResult;
use auth_store::{Account, Store};

use super::job::Import;

impl<S: Store> Import<'_, S> {
    /// Returns the account with exactly this name. The store would also accept a name for its normalized form, which may be
    /// another user's.
    pub(super) async fn account(&self, name: &str) -> StoreResult<Option<Account>> {
        Ok(self.store.account(name).await?.filter(|account| account.username == name))
    }

    /// Returns the names of existing accounts that look like this imported one.
    pub(super) async fn look_alikes(&mut self, name: &str) -> StoreResult<Vec<String>> {
        /// More names would not help the reader.
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
