//! Signed requests: `signed key` makes a key, `signed serve` starts a server that knows it, and `signed call` sends a request
//! that is signed with it. The README has the commands.

mod client;
mod keys;
mod server;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// Requests that their caller signs.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    command: Command,

    /// Print why requests are refused.
    #[arg(long, short, global = true)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Key(keys::Key),
    Serve(server::Serve),
    Call(client::Call),
}

/// The error that ends the program. It is printed once, on standard error.
type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let level = if options.verbose { Level::DEBUG } else { Level::WARN };
    let terminal = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    tracing_subscriber::registry().with(terminal).with(Targets::new().with_target("auth", level)).init();
    let done = match options.command {
        Command::Key(key) => key.make(),
        Command::Serve(serve) => serve.run().await,
        Command::Call(call) => call.run().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("signed: {failure}");
            ExitCode::FAILURE
        }
    }
}
