//! `auth groups`.

use auth_runtime::store::{ChangeOutcome, Holder};
use auth_store::Store;
use serde_json::json;

use super::permissions;
use crate::failure::Failure;
use crate::options::Groups;
use crate::output::{Answer, Table, plain};

pub(super) async fn run<S: Store>(store: &S, command: &Groups) -> Result<Answer, Failure> {
    match command {
        Groups::Create { name } => {
            if !store.create_group(name).await? {
                return Err(Failure::NotThere(format!(
                    "the name `{name}` is taken; `auth groups show {name}` shows it"
                )));
            }
            Ok(Answer::new(json!({ "name": name, "created": true }), format!("The group {name} was created.\n")))
        }
        Groups::Delete { name } => {
            if !store.delete_group(name).await? {
                return Err(Failure::no_group(name));
            }
            let text = format!("The group {} is deleted; its members no longer hold what it held.\n", plain(name));
            Ok(Answer::new(json!({ "name": name, "deleted": true }), text))
        }
        Groups::List => list(store).await,
        Groups::Show { name } => show(store, name).await,
        Groups::Add { group, user } => {
            let change = store.add_member(group, user).await?;
            let is_new = joined(change, group, user)?;
            let text = format!("{} is {}in {}.\n", plain(user), if is_new { "" } else { "already " }, plain(group));
            Ok(Answer::new(json!({ "group": group, "username": user, "added": is_new }), text))
        }
        Groups::Remove { group, user } => {
            let change = store.remove_member(group, user).await?;
            if !joined(change, group, user)? {
                let text = format!("`{user}` is not in {group}; `auth groups show {group}` shows who is");
                return Err(Failure::NotThere(text));
            }
            let text = format!("{} is no longer in {}.\n", plain(user), plain(group));
            Ok(Answer::new(json!({ "group": group, "username": user, "removed": true }), text))
        }
        Groups::Grant { group, grant } => permissions::grant(store, Holder::Group(group), grant).await,
        Groups::Revoke { group, grant } => permissions::revoke(store, Holder::Group(group), grant).await,
    }
}

/// Returns whether the change was made; an error if the group or the user does not exist.
fn joined(change: ChangeOutcome, group: &str, user: &str) -> Result<bool, Failure> {
    match change {
        ChangeOutcome::Made => Ok(true),
        ChangeOutcome::Unchanged => Ok(false),
        ChangeOutcome::NoGroup => Err(Failure::no_group(group)),
        ChangeOutcome::NoAccount => Err(Failure::no_user(user)),
    }
}

async fn list<S: Store>(store: &S) -> Result<Answer, Failure> {
    let groups = store.groups().await?;
    let mut table = Table::new(["name", "members"]);
    for group in &groups {
        table.row([group.name.clone(), group.members.to_string()]);
    }
    let entries = groups.iter().map(|group| json!({ "name": group.name, "members": group.members }));
    Ok(Answer::new(json!({ "groups": entries.collect::<Vec<_>>() }), table.or("There are no groups.")))
}

async fn show<S: Store>(store: &S, name: &str) -> Result<Answer, Failure> {
    let members = store.members(name).await?.ok_or_else(|| Failure::no_group(name))?;
    let held = store.held(Holder::Group(name)).await?.ok_or_else(|| Failure::no_group(name))?;
    let mut table = Table::new(["member"]);
    for member in &members {
        table.row([member.clone()]);
    }
    let nobody = format!("Nobody is in {}.", plain(name));
    let nothing = format!("{} holds no permissions.", plain(name));
    let text = table.or(&nobody) + &permissions::table(&held, false).or(&nothing);
    Ok(Answer::new(
        json!({ "name": name, "members": members, "permissions": permissions::entries(&held, false) }),
        text,
    ))
}
