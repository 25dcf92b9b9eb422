//! All authentication schemes, on one embedded SQLite file or a PostgreSQL database: `cargo run -p quickstart`, then try the
//! commands that it prints.

mod handlers;
mod pages;
mod partner;
mod state;

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use auth_runtime::{AllowAnonymous, views};
use axum::Router;
use axum::routing::get;
use clap::Parser;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing::Level;

use crate::state::App;

/// How long requests may still take after the program was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How long the database may take afterwards, so that the program exits even if the database does not answer.
const CLOSING: Duration = Duration::from_secs(4);

/// Serves the quickstart.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// The address to listen on.
    #[arg(long, env = "QUICKSTART_LISTEN", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,

    /// The SQLite file, which is made when there is none, or the address of a PostgreSQL database, such as
    /// `postgres://user:password@localhost/quickstart`.
    #[arg(long, env = "QUICKSTART_DATABASE", default_value = "quickstart.sqlite", hide_env_values = true)]
    database: String,

    /// The origin that browsers see, such as `https://app.example.org`, when a proxy terminates TLS in front.
    /// Without this and `--behind`, cookies are sent over plain HTTP, for trying this on your own machine.
    #[arg(long)]
    public_origin: Option<String>,

    /// A trusted proxy in front: its address, or a range such as `10.0.0.0/8`. It says where requests come from, and without
    /// `--public-origin` also which origin browsers see. Can be given several times.
    #[arg(long, value_name = "PEER")]
    behind: Vec<String>,

    /// Print why requests are refused.
    #[arg(long, short)]
    verbose: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let level = if options.verbose { Level::DEBUG } else { Level::WARN };
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).init();
    match serve(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("quickstart: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: Options) -> Result<(), String> {
    // The address may contain a password.
    let database = if options.database.contains("://") { "the database" } else { &options.database };
    let listener = TcpListener::bind(options.listen).await.map_err(|error| {
        format!("cannot listen on {}: {error}; choose another address with --listen", options.listen)
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let app = App::open(&options.database, options.public_origin.as_deref(), &options.behind)
        .await
        .map_err(|error| format!("{database}: {error}"))?;
    let asked = shutdown().map_err(|error| error.to_string())?;
    print_what_to_try(address);
    let (stop, stopping) = oneshot::channel::<()>();
    tokio::spawn(app.clone().sweep());
    // With connect info, failed logins are counted by address.
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        asked.await;
        drop(stop);
    });
    tokio::select! {
        served = serving => served.map_err(|error| error.to_string())?,
        () = async { drop(stopping.await); tokio::time::sleep(GRACE).await } => {}
    }
    app.close(CLOSING).await;
    println!("Stopped.");
    Ok(())
}

fn router(app: App) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/me", get(handlers::me))
        .route("/public", get(handlers::public))
        .route("/session-first", get(handlers::session_first))
        .route("/notes", get(handlers::list_notes).post(handlers::add_note))
        .route("/partner", get(partner::prices))
        .route("/staff", get(handlers::staff))
        .route("/api-token-auth/", views::obtain_token::<App, AllowAnonymous>())
        .nest("/auth", views::login_pages())
        .nest("/admin", auth_admin::pages())
        .nest("/api/auth", auth_endpoints::endpoints::<App, handlers::Api>())
        .with_state(app)
}

/// Waits for Ctrl-C, or until the service manager stops the program. Both are registered when this is called.
#[cfg(unix)]
fn shutdown() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
fn shutdown() -> io::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

fn print_what_to_try(address: SocketAddr) {
    println!(
        "\
Listening on http://{address}, with the accounts ada (password {ada}) and boss (password {boss}, staff).

In a browser:  http://{address}/       signed in as anybody
               http://{address}/admin  signed in as boss

With curl:
  curl -i http://{address}/public
  curl -i http://{address}/me
  curl -i -u ada:'{ada}' http://{address}/me
  TOKEN=$(curl -s -d username=ada -d 'password={ada}' http://{address}/api-token-auth/ | cut -d'\"' -f4)
  curl -i -H \"Authorization: Bearer $TOKEN\" http://{address}/me
  curl -i -H \"Authorization: Bearer $TOKEN\" -d text=hello http://{address}/notes
  curl -i -d username=ada -d 'password={ada}' http://{address}/api/auth/login/
  curl -i -u ada:'{ada}' -d name=laptop http://{address}/api/auth/tokens/
  curl -i -u ada:'{ada}' http://{address}/api/auth/logins/
  curl -i -H \"Authorization: Bearer wrong\" http://{address}/public
  curl -i -H \"Authorization: Token wrong\" http://{address}/session-first
  curl -i -H 'X-Api-Key: {key}' http://{address}/partner
  curl -i -u boss:'{boss}' http://{address}/staff
",
        ada = state::ADA_PASSWORD,
        boss = state::BOSS_PASSWORD,
        key = partner::DEMO_KEY,
    );
}
