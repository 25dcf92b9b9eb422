//! `auth users`.

use auth_runtime::store::{Holder, Keep, NameRejection, NewAccount};
use auth_runtime::{Accounts, AuthContext, Settings};
use auth_store::{Account, Store};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{account, permissions};
use crate::failure::Failure;
use crate::options::Users;
use crate::output::{Answer, Table, plain, visible};
use crate::password::new_password;

pub(super) async fn run<S: Store>(store: &S, command: &Users, settings: &Settings) -> Result<Answer, Failure> {
    let accounts = Accounts::over(store, settings);
    match command {
        Users::Create { name, staff, inactive, no_password } => {
            let new = NewAccount::new(name.as_str()).staff(*staff).active(!inactive);
            create(store, &accounts, name, new, !no_password).await
        }
        Users::List { search } => list(store, search).await,
        Users::Disable { name } => {
            let name = &account(store, name).await?.username;
            let text = format!("{name} is locked out; logins and tokens have ended.\n");
            changed(name, accounts.set_active(name, false).await?, json!({ "is_active": false }), text)
        }
        Users::Enable { name } => {
            let name = &account(store, name).await?.username;
            let text = format!("{name} may come in.\n");
            changed(name, accounts.set_active(name, true).await?, json!({ "is_active": true }), text)
        }
        Users::Delete { name } => {
            let name = &account(store, name).await?.username;
            let text = format!("{name} is deleted, with logins, tokens and permissions.\n");
            changed(name, accounts.delete(name).await?, json!({ "deleted": true }), text)
        }
        Users::SetStaff { name, staff } => {
            let name = &account(store, name).await?.username;
            let text = format!("{name} {} staff.\n", if *staff { "is" } else { "is no longer" });
            changed(name, accounts.set_staff(name, *staff).await?, json!({ "is_staff": staff }), text)
        }
        Users::Grant { name, grant } => {
            let name = &account(store, name).await?.username;
            permissions::grant(store, Holder::Username(name), grant).await
        }
        Users::Revoke { name, grant } => {
            let name = &account(store, name).await?.username;
            permissions::revoke(store, Holder::Username(name), grant).await
        }
        Users::Permissions { name } => permissions::list(store, &account(store, name).await?.username).await,
        Users::SetPassword { name, keep_tokens } => set_password(store, &accounts, name, *keep_tokens).await,
    }
}

async fn create<S: Store>(
    store: &S,
    accounts: &Accounts<'_, S>,
    name: &str,
    mut new: NewAccount,
    with_password: bool,
) -> Result<Answer, Failure> {
    // Checked before the operator types a password.
    if store.account(name).await?.is_some() {
        return Err(refused(name, NameRejection::Taken));
    }
    if let Some(other) = store.look_alikes(name, 1).await?.pop() {
        return Err(refused(name, NameRejection::LooksLike(other.username)));
    }
    if with_password {
        new = new.with_password_hash(hash(&new_password()?).await?);
    }
    let account = accounts.create(&new).await?.map_err(|why| refused(name, why))?;
    let mut text = format!("{} was created", account.username);
    if account.is_staff {
        text.push_str(", as staff");
    }
    if !account.is_active {
        text.push_str(", locked out until `auth users enable`");
    }
    if !with_password {
        text.push_str(", without a password");
    }
    text.push_str(".\n");
    let mut json = entry(&account);
    json["has_password"] = with_password.into();
    Ok(Answer::new(json, text))
}

/// Returns the failure for a name that a new user cannot have.
fn refused(name: &str, why: NameRejection) -> Failure {
    match why {
        NameRejection::Taken => {
            Failure::NotThere(format!("the name `{name}` is taken; `auth users set-password` changes a password"))
        }
        NameRejection::LooksLike(other) => {
            let (name, other) = (visible(name), visible(&other));
            Failure::NotThere(format!("the name {name} looks like {other}, which is taken; choose another one"))
        }
        why => Failure::Usage(why.to_string()),
    }
}

async fn set_password<S: Store>(
    store: &S,
    accounts: &Accounts<'_, S>,
    name: &str,
    keep_tokens: bool,
) -> Result<Answer, Failure> {
    // Checked before the operator types a password.
    let name = &account(store, name).await?.username;
    let hash = hash(&new_password()?).await?;
    let keep = Keep { login: None, personal_tokens: keep_tokens };
    let there = accounts.set_password_hash(name, Some(&hash), keep).await?;
    let ended = if keep_tokens { "logins have ended, tokens are kept" } else { "logins and tokens have ended" };
    changed(
        name,
        there,
        json!({ "password_changed": true, "tokens_kept": keep_tokens }),
        format!("{name} has another password; {ended}.\n"),
    )
}

/// Hashes with the default parameters. An application with other parameters hashes the password again at the next login.
async fn hash(password: &Zeroizing<String>) -> Result<String, Failure> {
    Ok(AuthContext::new(()).passwords().hash(password).await?)
}

async fn list<S: Store>(store: &S, search: &str) -> Result<Answer, Failure> {
    const PAGE: u32 = 500;
    let (mut users, mut after) = (Vec::new(), String::new());
    loop {
        let page = store.accounts(search, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.username);
        users.extend(page);
    }
    let mut table = Table::new(["id", "name", "active", "staff"]);
    for user in &users {
        table.row([user.id.to_string(), user.username.clone(), yes(user.is_active), yes(user.is_staff)]);
    }
    let none = if search.is_empty() {
        "There are no users.".to_owned()
    } else {
        format!("No user's name contains `{}`.", plain(search))
    };
    Ok(Answer::new(json!({ "users": users.iter().map(entry).collect::<Vec<_>>() }), table.or(&none)))
}

fn entry(user: &Account) -> Value {
    json!({
        "id": user.key(),
        "username": user.username,
        "is_active": user.is_active,
        "is_staff": user.is_staff,
    })
}

fn yes(holds: bool) -> String {
    if holds { "yes" } else { "no" }.to_owned()
}

/// Returns the answer after a change, or a failure if the user does not exist.
fn changed(name: &str, there: bool, mut json: Value, text: String) -> Result<Answer, Failure> {
    if !there {
        return Err(Failure::no_user(name));
    }
    json["username"] = name.into();
    Ok(Answer::new(json, text))
}
