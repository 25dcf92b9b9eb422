//! The commands, for any store.

mod clients;
mod groups;
pub(crate) mod keys;
mod logins;
mod permissions;
mod tokens;
mod users;

use auth_runtime::{Clock, Settings};
use auth_store::{Account, SigningKeyStore, Store};
use serde_json::json;

use crate::address::Address;
use crate::failure::Failure;
use crate::options::{Command, Revoke};
use crate::output::Answer;
use crate::{import, progress};

/// Runs a command on `store`, which was opened at `address` and seals shared secrets with the key in the variable `sealed_by`.
/// Changes of accounts send events to the listeners of `settings`.
pub(crate) async fn run<S: Store + SigningKeyStore>(
    store: &S,
    command: &Command,
    sealed_by: Option<&str>,
    address: &Address,
    settings: &Settings,
) -> Result<Answer, Failure> {
    let clock = settings.clock();
    match command {
        // Opening the store has migrated it already.
        Command::Migrate => Ok(Answer::new(
            json!({ "database": address.to_string(), "up_to_date": true }),
            format!("The tables in {address} are up to date.\n"),
        )),
        Command::Users(command) => users::run(store, command, settings).await,
        Command::Groups(command) => groups::run(store, command).await,
        Command::Tokens(command) => tokens::run(store, command, clock).await,
        Command::Keys(command) => keys::run(store, command, sealed_by, clock).await,
        Command::Clients(command) => clients::run(store, command).await,
        Command::Logins(command) => logins::run(store, command, clock).await,
        Command::Import(options) => import::run(store, options, settings).await,
        Command::Sweep => sweep(store, clock).await,
    }
}

async fn sweep<S: Store>(store: &S, clock: &Clock) -> Result<Answer, Failure> {
    let spinner = progress::spinner("sweeping");
    let swept = store.sweep(clock.now()).await;
    spinner.finish_and_clear();
    let swept = swept?;
    Ok(Answer::new(
        json!({ "logins": swept.logins, "tokens": swept.tokens, "replays": swept.replays }),
        format!(
            "Deleted what had expired: {} logins, {} tokens, {} records of what may be used once.\n",
            swept.logins, swept.tokens, swept.replays
        ),
    ))
}

async fn account<S: Store>(store: &S, name: &str) -> Result<Account, Failure> {
    store.account(name).await?.ok_or_else(|| Failure::no_user(name))
}

/// Returns the answer after tokens or logins were ended.
fn revoked(options: &Revoke, ended: u64, what: &str) -> Answer {
    let user = &options.user;
    let text = match &options.id {
        Some(id) => format!("The {what} {id} of {user} has ended.\n"),
        None => format!("Ended {what}s of {user}: {ended}.\n"),
    };
    Answer::new(json!({ "user": user, "id": options.id, "ended": ended }), text)
}
