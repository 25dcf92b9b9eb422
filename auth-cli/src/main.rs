//! `auth`: the command line for operators of [`auth_store`].

mod address;
mod command;
mod failure;
mod import;
mod options;
mod output;
mod password;
mod progress;
mod sealing;
mod time;

use std::io;
use std::process::ExitCode;

use auth_runtime::Settings;
use auth_store::{AnyStore, OpenError, RedisStore, SqliteStore, StoreOptions};
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

use crate::address::Address;
use crate::failure::Failure;
use crate::options::{Command, Keys, Options};
use crate::output::{Answer, warn};
use crate::sealing::Sealing;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    tracing_subscriber::fmt()
        .with_max_level(options.log)
        .with_writer(io::stderr)
        .with_target(false)
        .without_time()
        .init();
    let result = match (&options.command, &options.database) {
        (Command::Keys(Keys::Root), _) => command::keys::root(),
        (_, Some(database)) => Box::pin(run(database, &options)).await,
        (_, None) => {
            let missing = "which database? give --database, or set AUTH_DATABASE";
            Options::command().error(ErrorKind::MissingRequiredArgument, missing).exit();
        }
    };
    let failure = match result {
        Ok(answer) => match answer.print(options.json) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => Failure::Store(format!("done, but the answer could not be written: {error}")),
        },
        Err(failure) => failure,
    };
    warn(&format!("auth: {failure}\n"));
    ExitCode::from(failure.code())
}

/// Opens the store and runs the command on it.
async fn run(database: &str, options: &Options) -> Result<Answer, Failure> {
    let address = Address::parse(database, "the database's address")?;
    let uses_keys = matches!(options.command, Command::Keys(_));
    let Sealing { keys, sealed_by } = if uses_keys { Sealing::from_env()? } else { Sealing::default() };
    let store = open(&address, &options.command).await.map_err(|error| {
        let cure = if let OpenError::Open(_) = error { format!("; {}", address.cure()) } else { String::new() };
        Failure::Store(format!("{address}: {error}{cure}"))
    })?;
    let store = store.with_sealing_keys(keys);
    let settings = Settings::default();
    let answer = match &options.redis {
        None => command::run(&store, &options.command, sealed_by, &address, &settings).await,
        Some(redis) => {
            let store = open_redis(store.clone(), redis).await?;
            command::run(&store, &options.command, sealed_by, &address, &settings).await
        }
    };
    store.close().await;
    answer
}

/// Opens the database with no more changes than the command may make.
async fn open(address: &Address, command: &Command) -> Result<AnyStore, OpenError> {
    let options = StoreOptions::default().with_open_mode(command.open_mode());
    match (AnyStore::open_with(address.reveal(), options).await, command) {
        // The import would create the database, so a dry run uses an empty one.
        (Err(OpenError::Missing), Command::Import(_)) => Ok(AnyStore::Sqlite(SqliteStore::in_memory().await?)),
        (result, _) => result,
    }
}

async fn open_redis(accounts: AnyStore, address: &str) -> Result<RedisStore<AnyStore>, Failure> {
    let option = "the address of Redis";
    let (_, rest) = address
        .split_once("://")
        .ok_or_else(|| Failure::Usage(format!("{option} is no URL; write redis://host:6379/0")))?;
    address::check_password(rest, option)?;
    RedisStore::open(accounts, address)
        .await
        .map_err(|error| Failure::Store(format!("Redis: {error}; check that it runs, and the password in its address")))
}
