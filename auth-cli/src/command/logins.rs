//! `auth logins`.

use auth_runtime::Clock;
use auth_runtime::store::Id;
use auth_store::Store;
use serde_json::json;

use super::{account, revoked};
use crate::failure::Failure;
use crate::options::{Logins, Revoke};
use crate::output::{Answer, Table, plain};
use crate::time::{Length, rfc3339, rfc3339_exact};

pub(super) async fn run<S: Store>(store: &S, command: &Logins, clock: &Clock) -> Result<Answer, Failure> {
    match command {
        Logins::List { user } => list(store, user, clock).await,
        Logins::Revoke(options) => revoke(store, options).await,
    }
}

async fn list<S: Store>(store: &S, user: &str, clock: &Clock) -> Result<Answer, Failure> {
    let account = account(store, user).await?;
    let user = &account.username;
    let (entries, now) = (store.logins(&account).await?, clock.now());
    let mut table = Table::new(["id", "client", "name", "created", "last used", "ends", "address", "program"]);
    let mut logins = Vec::new();
    for entry in &entries {
        let login = &entry.login;
        let ends = match (login.expires, login.idle_timeout) {
            _ if entry.has_ended(now) => "expired".to_owned(),
            (Some(end), _) => rfc3339(end),
            (None, Some(idle)) => format!("{} unused", Length(idle)),
            (None, None) => "never".to_owned(),
        };
        let address = entry.address.map(|address| address.to_string());
        table.row([
            login.id.to_string(),
            login.client.clone(),
            entry.name.clone(),
            rfc3339(login.created),
            rfc3339(login.last_used),
            ends,
            address.clone().unwrap_or_default(),
            entry.user_agent.clone(),
        ]);
        logins.push(json!({
            "id": login.id,
            "client": login.client,
            "name": entry.name,
            "created": rfc3339_exact(login.created),
            "last_used": rfc3339_exact(login.last_used),
            "idle_timeout": login.idle_timeout.map(|idle| Length(idle).to_string()),
            "expires": login.expires.map(rfc3339_exact),
            "has_expired": entry.has_ended(now),
            "address": address,
            "user_agent": entry.user_agent,
        }));
    }
    let none = format!("{} is logged in nowhere.", plain(user));
    Ok(Answer::new(json!({ "user": user, "logins": logins }), table.or(&none)))
}

async fn revoke<S: Store>(store: &S, options: &Revoke) -> Result<Answer, Failure> {
    let account = account(store, &options.user).await?;
    let ended = match &options.id {
        None => store.revoke_logins(&account, None).await?,
        Some(id) if store.revoke_login(&account, &Id::from(id.as_str())).await? => 1,
        Some(id) => {
            let user = &options.user;
            return Err(Failure::NotThere(format!("{user} has no login {id}; `auth logins list {user}` shows all")));
        }
    };
    Ok(revoked(options, ended, "login"))
}
