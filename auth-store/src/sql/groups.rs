//! Groups and grants.

use std::borrow::Cow;

use auth_runtime::store::{PermissionStore, StoreError, StoreResult};
use sqlx::{AssertSqlSafe, query};

use super::super::Store;
use super::super::dialect::Row;
use super::call::Call;
use super::row::get;
use crate::Account;
use crate::account::has_nul;
use crate::group::{asked, check_grant, check_group, is_invalid_object_key};
use auth_runtime::store::{ChangeOutcome, Grant, Group, GroupStore, Held, Holder};

/// The tables for one of the two kinds of holders: the one with their names, and the one with their grants.
struct Tables {
    exists: &'static str,
    grant: &'static str,
    revoke_for_all: &'static str,
    revoke_for_one: &'static str,
    held: &'static str,
    none: ChangeOutcome,
}

const ACCOUNT: Tables = Tables {
    exists: "SELECT 1 FROM auth_account WHERE username = $1",
    grant: "INSERT INTO auth_account_permission (account_id, codename, object) \
            SELECT id, $2, $3 FROM auth_account WHERE username = $1 ON CONFLICT DO NOTHING",
    revoke_for_all: "DELETE FROM auth_account_permission WHERE codename = $2 AND object IS NULL \
            AND account_id = (SELECT id FROM auth_account WHERE username = $1)",
    revoke_for_one: "DELETE FROM auth_account_permission WHERE codename = $2 AND object = $3 \
            AND account_id = (SELECT id FROM auth_account WHERE username = $1)",
    held: "SELECT own.codename, own.object, NULL FROM auth_account account \
               JOIN auth_account_permission own ON own.account_id = account.id WHERE account.username = $1 \
           UNION ALL SELECT common.codename, common.object, team.name FROM auth_account account \
               JOIN auth_account_group_member member ON member.account_id = account.id \
               JOIN auth_account_group team ON team.id = member.group_id \
               JOIN auth_account_group_permission common ON common.group_id = team.id WHERE account.username = $1",
    none: ChangeOutcome::NoAccount,
};

const GROUP: Tables = Tables {
    exists: "SELECT 1 FROM auth_account_group WHERE name = $1",
    grant: "INSERT INTO auth_account_group_permission (group_id, codename, object) \
            SELECT id, $2, $3 FROM auth_account_group WHERE name = $1 ON CONFLICT DO NOTHING",
    revoke_for_all: "DELETE FROM auth_account_group_permission WHERE codename = $2 AND object IS NULL \
            AND group_id = (SELECT id FROM auth_account_group WHERE name = $1)",
    revoke_for_one: "DELETE FROM auth_account_group_permission WHERE codename = $2 AND object = $3 \
            AND group_id = (SELECT id FROM auth_account_group WHERE name = $1)",
    held: "SELECT own.codename, own.object, NULL FROM auth_account_group team \
               JOIN auth_account_group_permission own ON own.group_id = team.id WHERE team.name = $1",
    none: ChangeOutcome::NoGroup,
};

/// Returns a statement that counts how many of `codenames` codenames the account `$1` holds, itself or through a group, if it
/// is active: for the object `$2` if there is one. The codenames are the last parameters.
///
/// The text differs for each number of codenames. There are few, so each is prepared once.
fn count_held(codenames: usize, has_object: bool) -> String {
    let (object, first) = if has_object { ("= $2", 3) } else { ("IS NULL", 2) };
    // An empty list is not valid SQL.
    let list = (first..first + codenames).fold("NULL".to_owned(), |list, at| format!("{list}, ${at}"));
    let asked = format!("object {object} AND codename IN ({list})");
    format!(
        "SELECT (SELECT count(*) FROM (\
             SELECT codename FROM auth_account_permission WHERE account_id = $1 AND {asked} \
             UNION SELECT codename FROM auth_account_group_member member \
                 JOIN auth_account_group_permission common ON common.group_id = member.group_id \
                 WHERE member.account_id = $1 AND {asked}\
         ) held) FROM auth_account WHERE id = $1 AND is_active"
    )
}

async fn exists(call: &Call<'_>, tables: &Tables, name: &str) -> StoreResult<bool> {
    if has_nul(name) {
        return Ok(false);
    }
    Ok(call.row(|| query(tables.exists).bind(name)).await?.is_some())
}

/// Returns the outcome of a change that affected `rows` rows. If none, checks whether the holder exists.
async fn made(call: &Call<'_>, rows: u64, tables: &Tables, name: &str) -> StoreResult<ChangeOutcome> {
    Ok(match rows {
        0 if !exists(call, tables, name).await? => tables.none,
        0 => ChangeOutcome::Unchanged,
        _ => ChangeOutcome::Made,
    })
}

impl Store {
    /// Returns where to look for the holder, and by which name. `None` means that the name is not valid.
    async fn look_for<'a>(&self, holder: Holder<'a>) -> StoreResult<(&'static Tables, Option<Cow<'a, str>>)> {
        Ok(match holder {
            Holder::Username(name) => (&ACCOUNT, self.kept_name_of(name).await?),
            Holder::Group(name) => (&GROUP, (!has_nul(name)).then_some(Cow::Borrowed(name))),
        })
    }

    async fn change_member(&self, change: &'static str, group: &str, username: &str) -> StoreResult<ChangeOutcome> {
        if has_nul(group) {
            return Ok(ChangeOutcome::NoGroup);
        }
        let username = self.kept_name_of(username).await?;
        let call = self.call();
        let Some(username) = username else {
            return Ok(if exists(&call, &GROUP, group).await? {
                ChangeOutcome::NoAccount
            } else {
                ChangeOutcome::NoGroup
            });
        };
        match call.execute(query(change).bind(group).bind(&*username)).await? {
            0 if !exists(&call, &GROUP, group).await? => Ok(ChangeOutcome::NoGroup),
            rows => made(&call, rows, &ACCOUNT, &username).await,
        }
    }
}

impl PermissionStore for Store {
    async fn has_permissions(&self, user: &Account, codenames: &[&str], object: Option<&str>) -> StoreResult<bool> {
        let Some(asked) = asked(codenames, object) else { return Ok(false) };
        let text = count_held(asked.len(), object.is_some());
        let row = self
            .find(|| {
                let select = query(AssertSqlSafe(text.as_str())).bind(user.id);
                let select = match object {
                    Some(key) => select.bind(key),
                    None => select,
                };
                asked.iter().fold(select, |select, codename| select.bind(*codename))
            })
            .await?;
        let held: Option<i64> = row.map(|row| get(&row, 0)).transpose()?;
        Ok(held.is_some_and(|held| usize::try_from(held) == Ok(asked.len())))
    }
}

impl GroupStore for Store {
    async fn create_group(&self, name: &str) -> StoreResult<bool> {
        check_group(name)?;
        let insert =
            query("INSERT INTO auth_account_group (name) VALUES ($1) ON CONFLICT (name) DO NOTHING").bind(name);
        Ok(self.execute(insert).await? > 0)
    }

    async fn delete_group(&self, name: &str) -> StoreResult<bool> {
        if has_nul(name) {
            return Ok(false);
        }
        let delete = query("DELETE FROM auth_account_group WHERE name = $1").bind(name);
        Ok(self.execute(delete).await? > 0)
    }

    async fn groups(&self) -> StoreResult<Vec<Group>> {
        let list = "SELECT name, (SELECT count(*) FROM auth_account_group_member member WHERE member.group_id = team.id) \
             FROM auth_account_group team ORDER BY name";
        let rows = self.find_all(|| query(list)).await?;
        let group = |row: &Row| Ok(Group::new(get::<String>(row, 0)?, get::<i64>(row, 1)?.unsigned_abs()));
        rows.iter().map(group).collect()
    }

    async fn members(&self, group: &str) -> StoreResult<Option<Vec<String>>> {
        let call = self.call();
        if !exists(&call, &GROUP, group).await? {
            return Ok(None);
        }
        let list = "SELECT account.username FROM auth_account_group team \
             JOIN auth_account_group_member member ON member.group_id = team.id \
             JOIN auth_account account ON account.id = member.account_id WHERE team.name = $1 ORDER BY account.username";
        let rows = call.rows(|| query(list).bind(group)).await?;
        rows.iter().map(|row| get(row, 0)).collect::<StoreResult<_>>().map(Some)
    }

    async fn add_member(&self, group: &str, username: &str) -> StoreResult<ChangeOutcome> {
        let add = "INSERT INTO auth_account_group_member (group_id, account_id) \
             SELECT team.id, account.id FROM auth_account_group team, auth_account account \
             WHERE team.name = $1 AND account.username = $2 ON CONFLICT DO NOTHING";
        self.change_member(add, group, username).await
    }

    async fn remove_member(&self, group: &str, username: &str) -> StoreResult<ChangeOutcome> {
        let remove = "DELETE FROM auth_account_group_member \
             WHERE group_id = (SELECT id FROM auth_account_group WHERE name = $1) \
             AND account_id = (SELECT id FROM auth_account WHERE username = $2)";
        self.change_member(remove, group, username).await
    }

    async fn grant(&self, holder: Holder<'_>, grant: Grant<'_>) -> StoreResult<ChangeOutcome> {
        check_grant(grant)?;
        let (tables, name) = self.look_for(holder).await?;
        let Some(name) = name else { return Ok(tables.none) };
        let insert = query(tables.grant).bind(&*name).bind(grant.codename).bind(grant.object);
        let call = self.call();
        let rows = call.execute(insert).await?;
        made(&call, rows, tables, &name).await
    }

    async fn revoke(&self, holder: Holder<'_>, grant: Grant<'_>) -> StoreResult<ChangeOutcome> {
        let (tables, name) = self.look_for(holder).await?;
        let Some(name) = name else { return Ok(tables.none) };
        let call = self.call();
        if has_nul(grant.codename) || grant.object.is_some_and(is_invalid_object_key) {
            return made(&call, 0, tables, &name).await;
        }
        let delete = match grant.object {
            None => query(tables.revoke_for_all).bind(&*name).bind(grant.codename),
            Some(key) => query(tables.revoke_for_one).bind(&*name).bind(grant.codename).bind(key),
        };
        let rows = call.execute(delete).await?;
        made(&call, rows, tables, &name).await
    }

    async fn held(&self, holder: Holder<'_>) -> StoreResult<Option<Vec<Held>>> {
        let (tables, Some(name)) = self.look_for(holder).await? else { return Ok(None) };
        let call = self.call();
        if !exists(&call, tables, &name).await? {
            return Ok(None);
        }
        let rows = call.rows(|| query(tables.held).bind(&*name)).await?;
        let held = |row: &Row| {
            let mut held = Held::new(get::<String>(row, 0)?);
            (held.object, held.group) = (get(row, 1)?, get(row, 2)?);
            Ok(held)
        };
        let mut all = rows.iter().map(held).collect::<Result<Vec<_>, StoreError>>()?;
        all.sort_unstable();
        Ok(Some(all))
    }
}
