//! Permissions of users and groups: a part of `auth users` and of `auth groups`.

use auth_runtime::store::{ChangeOutcome, Grant, Held, Holder};
use auth_store::Store;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::options::Permission;
use crate::output::{Answer, Table, plain};

fn name(holder: Holder<'_>) -> &str {
    let (Holder::Username(name) | Holder::Group(name)) = holder;
    name
}

impl Permission {
    fn as_grant(&self) -> Grant<'_> {
        Grant { codename: &self.codename, object: self.object.as_deref() }
    }

    /// Describes the permission within a sentence.
    fn text(&self) -> String {
        match &self.object {
            None => self.codename.clone(),
            Some(key) => format!("{} for the object {}", self.codename, plain(key)),
        }
    }

    fn answer(&self, holder: Holder<'_>, what: &str, is_new: bool, text: String) -> Answer {
        let mut json = json!({ "codename": self.codename, "object": self.object, what: is_new });
        let key = if matches!(holder, Holder::Username(_)) { "username" } else { "group" };
        json[key] = name(holder).into();
        Answer::new(json, text)
    }
}

/// Returns whether the change was made; an error if the holder does not exist.
fn made(change: ChangeOutcome, holder: Holder<'_>) -> Result<bool, Failure> {
    match change {
        ChangeOutcome::Made => Ok(true),
        ChangeOutcome::Unchanged => Ok(false),
        ChangeOutcome::NoAccount => Err(Failure::no_user(name(holder))),
        ChangeOutcome::NoGroup => Err(Failure::no_group(name(holder))),
    }
}

pub(super) async fn grant<S: Store>(store: &S, holder: Holder<'_>, permission: &Permission) -> Result<Answer, Failure> {
    let is_new = made(store.grant(holder, permission.as_grant()).await?, holder)?;
    let already = if is_new { "" } else { "already " };
    let text = format!("{} {already}holds {}.\n", plain(name(holder)), permission.text());
    Ok(permission.answer(holder, "granted", is_new, text))
}

pub(super) async fn revoke<S: Store>(
    store: &S,
    holder: Holder<'_>,
    permission: &Permission,
) -> Result<Answer, Failure> {
    let (name, permission_text) = (plain(name(holder)), permission.text());
    if !made(store.revoke(holder, permission.as_grant()).await?, holder)? {
        let show = match holder {
            Holder::Username(_) => format!("`auth users permissions {name}` shows what it has from where"),
            Holder::Group(_) => format!("`auth groups show {name}` shows what it was"),
        };
        return Err(Failure::NotThere(format!("{name} was not granted {permission_text}; {show}")));
    }
    let text = format!("{name} is no longer granted {permission_text}.\n");
    Ok(permission.answer(holder, "revoked", true, text))
}

pub(super) async fn list<S: Store>(store: &S, user: &str) -> Result<Answer, Failure> {
    let held = store.held(Holder::Username(user)).await?.ok_or_else(|| Failure::no_user(user))?;
    let nothing = format!("{} holds no permissions.", plain(user));
    Ok(Answer::new(json!({ "username": user, "permissions": entries(&held, true) }), table(&held, true).or(&nothing)))
}

/// Returns a table of the held permissions. `with_group` adds the group that each one comes from.
pub(super) fn table(held: &[Held], with_group: bool) -> Table {
    let object = |held: &Held| held.object.clone().unwrap_or_else(|| "all".to_owned());
    if !with_group {
        let mut table = Table::new(["permission", "object"]);
        for one in held {
            table.row([one.codename.clone(), object(one)]);
        }
        return table;
    }
    let mut table = Table::new(["permission", "object", "from group"]);
    for one in held {
        table.row([one.codename.clone(), object(one), one.group.clone().unwrap_or_default()]);
    }
    table
}

pub(super) fn entries(held: &[Held], with_group: bool) -> Value {
    let entry = |held: &Held| {
        let mut entry = json!({ "codename": held.codename, "object": held.object });
        if with_group {
            entry["group"] = held.group.clone().into();
        }
        entry
    };
    held.iter().map(entry).collect()
}
