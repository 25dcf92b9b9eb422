//! Groups and grants.

use std::collections::BTreeSet;

use auth_runtime::store::{PermissionStore, StoreResult};

use super::{Grants, GroupRow, MemoryStore, Tables};
use crate::Account;
use crate::group::{asked, check_grant, check_group};
use auth_runtime::store::{ChangeOutcome, Grant, Group, GroupStore, Held, Holder};

fn owned(grant: Grant<'_>) -> (String, Option<String>) {
    (grant.codename.to_owned(), grant.object.map(str::to_owned))
}

impl Tables {
    /// Returns the holder's own grants, or the outcome that says that the holder does not exist.
    fn grants_mut(&mut self, holder: Holder<'_>) -> Result<&mut Grants, ChangeOutcome> {
        match holder {
            Holder::Username(name) => {
                let id = self.id(name).ok_or(ChangeOutcome::NoAccount)?;
                Ok(self.grants.entry(id).or_default())
            }
            Holder::Group(name) => Ok(&mut self.groups.get_mut(name).ok_or(ChangeOutcome::NoGroup)?.grants),
        }
    }

    /// Returns the members of a group and the id of an account, if both exist.
    fn membership(&mut self, group: &str, username: &str) -> Result<(&mut BTreeSet<i64>, i64), ChangeOutcome> {
        let id = self.id(username);
        let members = &mut self.groups.get_mut(group).ok_or(ChangeOutcome::NoGroup)?.members;
        Ok((members, id.ok_or(ChangeOutcome::NoAccount)?))
    }
}

fn made(made: bool) -> ChangeOutcome {
    if made { ChangeOutcome::Made } else { ChangeOutcome::Unchanged }
}

impl PermissionStore for MemoryStore {
    async fn has_permissions(&self, user: &Account, codenames: &[&str], object: Option<&str>) -> StoreResult<bool> {
        let Some(asked) = asked(codenames, object) else { return Ok(false) };
        let tables = self.tables()?;
        if !tables.accounts.get(&user.id).is_some_and(|row| row.account.is_active) {
            return Ok(false);
        }
        let groups = tables.groups.values().filter(|group| group.members.contains(&user.id)).map(|group| &group.grants);
        let grants: Vec<&Grants> = tables.grants.get(&user.id).into_iter().chain(groups).collect();
        let holds = |codename: &str| {
            let wanted = owned(Grant { codename, object });
            grants.iter().any(|grants| grants.contains(&wanted))
        };
        Ok(asked.into_iter().all(holds))
    }
}

impl GroupStore for MemoryStore {
    async fn create_group(&self, name: &str) -> StoreResult<bool> {
        check_group(name)?;
        let mut tables = self.tables()?;
        let is_new = !tables.groups.contains_key(name);
        if is_new {
            tables.groups.insert(name.to_owned(), GroupRow::default());
        }
        Ok(is_new)
    }

    async fn delete_group(&self, name: &str) -> StoreResult<bool> {
        Ok(self.tables()?.groups.remove(name).is_some())
    }

    async fn groups(&self) -> StoreResult<Vec<Group>> {
        let tables = self.tables()?;
        let group = |(name, row): (&String, &GroupRow)| Group::new(name, row.members.len() as u64);
        Ok(tables.groups.iter().map(group).collect())
    }

    async fn members(&self, group: &str) -> StoreResult<Option<Vec<String>>> {
        let tables = self.tables()?;
        let Some(row) = tables.groups.get(group) else { return Ok(None) };
        let accounts = row.members.iter().filter_map(|id| tables.accounts.get(id));
        let mut names: Vec<_> = accounts.map(|row| row.account.username.clone()).collect();
        names.sort_unstable();
        Ok(Some(names))
    }

    async fn add_member(&self, group: &str, username: &str) -> StoreResult<ChangeOutcome> {
        let mut tables = self.tables()?;
        Ok(tables.membership(group, username).map_or_else(|none| none, |(members, id)| made(members.insert(id))))
    }

    async fn remove_member(&self, group: &str, username: &str) -> StoreResult<ChangeOutcome> {
        let mut tables = self.tables()?;
        Ok(tables.membership(group, username).map_or_else(|none| none, |(members, id)| made(members.remove(&id))))
    }

    async fn grant(&self, holder: Holder<'_>, grant: Grant<'_>) -> StoreResult<ChangeOutcome> {
        check_grant(grant)?;
        let mut tables = self.tables()?;
        Ok(tables.grants_mut(holder).map_or_else(|none| none, |grants| made(grants.insert(owned(grant)))))
    }

    async fn revoke(&self, holder: Holder<'_>, grant: Grant<'_>) -> StoreResult<ChangeOutcome> {
        let mut tables = self.tables()?;
        Ok(tables.grants_mut(holder).map_or_else(|none| none, |grants| made(grants.remove(&owned(grant)))))
    }

    async fn held(&self, holder: Holder<'_>) -> StoreResult<Option<Vec<Held>>> {
        let mut tables = self.tables()?;
        let Ok(own) = tables.grants_mut(holder) else { return Ok(None) };
        let held = |(codename, object): &(String, Option<String>), group: Option<&String>| {
            let mut held = Held::new(codename);
            (held.object, held.group) = (object.clone(), group.cloned());
            held
        };
        let mut all: Vec<Held> = own.iter().map(|grant| held(grant, None)).collect();
        if let Holder::Username(name) = holder
            && let Some(id) = tables.id(name)
        {
            for (group, row) in tables.groups.iter().filter(|(_, row)| row.members.contains(&id)) {
                all.extend(row.grants.iter().map(|grant| held(grant, Some(group))));
            }
        }
        all.sort_unstable();
        Ok(Some(all))
    }
}
