//! What the fuzz targets share: one application with one key, and requests to it.
//!
//! `cargo +nightly fuzz run hawk_header fuzz/corpus/hawk_header fuzz/seeds/hawk_header` in the folder above. A target fails on a
//! panic, on an answer that is none of the expected ones, and on a caller who comes in without the right MAC.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::time::Duration;

use auth_runtime::store::{Backend, Key, KeyAlgorithm, KeyRecord, KeyStore, ReplayStore, StoreResult};
use auth_runtime::{AuthContext, Clock, Digest, PublicOrigin, Settings, User, authenticate};
use auth_signatures::hawk::{BewitCredentials, Client, Hawk, HawkBewit, HawkCredentials};
use auth_keys::SigningKey;
use auth_signatures::{CavageSignature, SignatureLayer};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::routing::any;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use zeroize::Zeroizing;

/// Where the application is.
pub const ORIGIN: &str = "https://example.com";

const SECRET: &[u8] = b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";

#[derive(Clone)]
struct Ada;

impl User for Ada {
    fn id(&self) -> Cow<'_, str> {
        "ada".into()
    }
}

/// Knows one key, and remembers nothing: a seed is as good as it was the first time.
struct Store;

impl Backend for Store {
    type User = Ada;
}

impl KeyStore for Store {
    async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<Ada>>> {
        let key = Key::new("ada", KeyAlgorithm::HmacSha256, Zeroizing::new(SECRET.to_vec()), None, None);
        Ok((id == "ada").then_some(KeyRecord { key, user: Ada }))
    }
}

impl ReplayStore for Store {
    async fn first_use(&self, _: &str, _: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
        assert!(expires > now, "a nonce is kept as long as its message is good");
        Ok(true)
    }

    fn survives_restarts(&self) -> bool {
        true
    }
}

type App = AuthContext<Store>;

#[authenticate(Hawk, state = App)]
async fn signed(#[user] _me: Ada, #[auth] auth: HawkCredentials) -> String {
    auth.ext.unwrap_or_default()
}

// The seed that is good is so for eleven years.
#[authenticate(HawkBewit(max_lifetime = 11 * 366 * 86_400), state = App)]
async fn linked(#[user] _me: Ada, #[auth] auth: BewitCredentials) -> String {
    auth.ext.unwrap_or_default()
}

#[authenticate(CavageSignature, state = App)]
async fn cavage(#[user] _me: Ada) -> &'static str {
    "ada"
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().build().unwrap());

static CLOCK: LazyLock<Clock> = LazyLock::new(|| Clock::manual(Duration::from_secs(1_353_832_234)));

static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let settings =
        Settings::default().with_clock(CLOCK.clone()).with_public_origin(PublicOrigin::configured(ORIGIN).unwrap());
    Router::new()
        .route("/header", any(signed))
        .route("/bewit", any(linked))
        .route("/cavage", any(cavage))
        .with_state(AuthContext::with_settings(Store, settings))
        .layer(SignatureLayer::new().sign_responses())
});

/// A client with the key.
pub static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let key = SigningKey::shared("ada", KeyAlgorithm::HmacSha256, SECRET).unwrap();
    Client::new(key).unwrap().with_clock(CLOCK.clone())
});

/// The status of the answer to a request, and what it says.
pub fn answer(request: Request<Body>) -> (StatusCode, Vec<u8>) {
    RUNTIME.block_on(async {
        let response = ROUTER.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let (head, body) = response.into_parts();
        (head.status, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    })
}
