//! Shows what an application behind a proxy knows of a request: `cargo run -p behind-a-proxy -- --trust 127.0.0.1`.
//!
//! It listens on TCP or, with `--listen unix:/run/app/app.sock`, on a Unix socket. The guide's page "Behind a proxy" has
//! matching configurations of nginx and others.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use auth_runtime::scheme::{Basic, RemoteUser, Session};
use auth_runtime::store::NewAccount;
use auth_runtime::{Accounts, AuthContext, Peers, Proxies, Settings, authenticate, views};
use auth_store::{Account, MemoryStore};
use axum::extract::State;
use axum::http::request::Parts;
use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use serde::Serialize;
use tokio::net::TcpListener;
use tracing_subscriber::filter::LevelFilter;

type App = AuthContext<MemoryStore>;

/// Shows what the application knows of a request.
#[derive(Debug, Parser)]
struct Options {
    /// Where to listen: an address with a port, or `unix:` and a path.
    #[arg(long, default_value = "127.0.0.1:8004")]
    listen: Listen,

    /// A trusted proxy: its address, a range such as `10.0.0.0/8`, or `unix:`. Can be given several times.
    #[arg(long, value_name = "PEER")]
    trust: Vec<String>,

    /// How many proxies are in front, whatever their addresses.
    #[arg(long, conflicts_with = "trust")]
    hops: Option<u8>,

    /// Read `Forwarded` (RFC 7239) instead of `X-Forwarded-*`.
    #[arg(long)]
    forwarded: bool,

    /// A gateway whose header `X-Remote-User` names the caller. Can be given several times.
    #[arg(long, value_name = "PEER")]
    gateway: Vec<String>,
}

#[derive(Debug, Clone)]
enum Listen {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(std::path::PathBuf),
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        #[cfg(unix)]
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Unix(path.into()));
        }
        text.parse()
            .map(Self::Tcp)
            .map_err(|_| "use an address such as `127.0.0.1:8004`, or `unix:/run/app.sock`".into())
    }
}

/// What the application knows of a request.
#[derive(Debug, Serialize)]
struct Seen {
    address: Option<IpAddr>,
    scheme: Option<&'static str>,
    host: Option<String>,
    port: Option<u16>,
}

async fn seen(State(app): State<App>, request: Parts) -> Json<Seen> {
    let origin = app.settings().public_origin().of(&request);
    Json(Seen {
        address: app.settings().client_address(&request),
        scheme: origin.as_ref().map(|origin| if origin.is_https() { "https" } else { "http" }),
        host: origin.as_ref().map(|origin| origin.host().to_owned()),
        port: origin.as_ref().map(auth_runtime::Origin::port),
    })
}

#[authenticate(Session, RemoteUser(header = "X-Remote-User"), Basic)]
async fn me(#[user] me: Account) -> String {
    format!("{}\n", me.username)
}

impl Options {
    fn settings(&self) -> Result<Settings, auth_runtime::InvalidPeer> {
        let mut proxies = match self.hops {
            Some(count) => Proxies::hops(count),
            None => Proxies::trusted(&self.trust)?,
        };
        if self.forwarded {
            proxies = proxies.with_forwarded_header();
        }
        Ok(Settings::default().with_proxies(proxies).with_gateways(Peers::parse(&self.gateway)?))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    tracing_subscriber::fmt().with_max_level(LevelFilter::DEBUG).with_writer(io::stderr).init();
    let app = App::with_settings(MemoryStore::new(), options.settings()?);
    let hash = app.passwords().hash("correct horse").await?;
    Accounts::of(&app).create(&NewAccount::new("ada").with_password_hash(hash)).await??;
    let router = Router::new()
        .route("/seen", get(seen))
        .route("/me", get(me))
        .nest("/auth", views::login_pages())
        .with_state(app);
    match options.listen {
        Listen::Tcp(address) => {
            let listener = TcpListener::bind(address).await?;
            println!("http://{}", listener.local_addr()?);
            axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
        }
        #[cfg(unix)]
        Listen::Unix(path) => {
            use axum::serve::ListenerExt;
            use tokio::net::{UnixListener, unix};

            let listener = UnixListener::bind(&path)?.tap_io(|_| {});
            println!("unix:{}", path.display());
            axum::serve(listener, router.into_make_service_with_connect_info::<unix::SocketAddr>()).await?;
        }
    }
    Ok(())
}
