//! `signed serve`: each scheme on its own route, and all of them on one.

use std::net::SocketAddr;
use std::path::PathBuf;

use auth_keys::{KeyFile, Service};
use auth_runtime::{AuthContext, Proxies, PublicOrigin, Settings, User, authenticate};
use auth_signatures::hawk::{Hawk, HawkBewit};
use auth_signatures::{CavageSignature, HttpSignature, SignatureLayer};
use axum::body::Bytes;
use axum::http::Method;
use axum::routing::get;
use axum::{Json, Router};
use clap::Args;
use serde::Serialize;
use tokio::net::TcpListener;

use crate::{Failure, keys};

type App = AuthContext<KeyFile>;

/// Serves `/api/hawk`, `/api/bewit`, `/api/message`, `/api/cavage`, and `/api/any` for all of them, over HTTP/1.1 and HTTP/2.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8003")]
    listen: SocketAddr,

    /// Whose keys are known: a JWK Set. A change is noticed within seconds.
    #[arg(long, default_value = "keys.json")]
    keys: PathBuf,

    /// The server's own private key, with which it signs what it answers at `/api/message`.
    #[arg(long)]
    server_key: Option<PathBuf>,

    /// Under which origin callers see this server, when it is not that of the `Host` header under `http`.
    #[arg(long, conflicts_with = "behind")]
    origin: Option<String>,

    /// A trusted proxy: its address, a range such as `10.0.0.0/8`, or `unix:`. Its headers `X-Forwarded-*` say what callers
    /// asked for.
    #[arg(long)]
    behind: Vec<String>,

    /// Read `Forwarded` (RFC 7239) instead of `X-Forwarded-*`.
    #[arg(long, requires = "behind")]
    forwarded: bool,

    /// What the proxy takes from the front of each path.
    #[arg(long, default_value = "")]
    path_prefix: String,
}

/// The response to a request with a valid signature.
#[derive(Debug, Serialize)]
struct Echo {
    user: String,
    method: String,
    bytes: usize,
    body: String,
}

impl Echo {
    fn of(user: &Service, method: &Method, body: &[u8]) -> Json<Self> {
        let (user, method) = (user.id().into_owned(), method.to_string());
        Json(Self { user, method, bytes: body.len(), body: String::from_utf8_lossy(body).into_owned() })
    }
}

#[authenticate(Hawk, state = App)]
async fn hawk(#[user] me: Service, method: Method, body: Bytes) -> Json<Echo> {
    Echo::of(&me, &method, &body)
}

#[authenticate(HawkBewit, state = App)]
async fn bewit(#[user] me: Service, method: Method) -> Json<Echo> {
    Echo::of(&me, &method, &[])
}

#[authenticate(HttpSignature, state = App)]
async fn message(#[user] me: Service, method: Method, body: Bytes) -> Json<Echo> {
    Echo::of(&me, &method, &body)
}

#[authenticate(CavageSignature, state = App)]
async fn cavage(#[user] me: Service, method: Method, body: Bytes) -> Json<Echo> {
    Echo::of(&me, &method, &body)
}

#[authenticate(HttpSignature, Hawk, HawkBewit, CavageSignature, state = App)]
async fn any(#[user] me: Service, method: Method, body: Bytes) -> Json<Echo> {
    Echo::of(&me, &method, &body)
}

impl Serve {
    fn settings(&self) -> Result<Settings, Failure> {
        let origin = match &self.origin {
            Some(origin) => PublicOrigin::configured(origin)?,
            None => PublicOrigin::host_header(false),
        };
        let mut proxies = Proxies::trusted(&self.behind)?;
        if self.forwarded {
            proxies = proxies.with_forwarded_header();
        }
        Ok(Settings::default().with_public_origin(origin.with_path_prefix(&self.path_prefix)).with_proxies(proxies))
    }

    pub(crate) async fn run(self) -> Result<(), Failure> {
        let app = App::with_settings(KeyFile::open(&self.keys)?, self.settings()?);
        let mut signatures = SignatureLayer::new().sign_responses();
        if let Some(path) = &self.server_key {
            signatures = signatures.with_response_key(keys::read(path)?);
        }
        let api = Router::new()
            .route("/hawk", get(hawk).post(hawk))
            .route("/bewit", get(bewit))
            .route("/message", get(message).post(message))
            .route("/cavage", get(cavage).post(cavage))
            .route("/any", get(any).post(any));
        let router = Router::new().nest("/api", api).with_state(app).layer(signatures);

        let listener = TcpListener::bind(self.listen).await?;
        println!("http://{}", listener.local_addr()?);
        // With the addresses of peers, since only a trusted proxy may say what the caller requested.
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
        Ok(())
    }
}
