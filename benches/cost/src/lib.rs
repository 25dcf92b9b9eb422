//! What authentication costs a request: this product's schemes and chains beside the same by hand, each over the same
//! handler without any.
//!
//! All of them are the same axum router with the same state; its one handler answers `hello`. Requests have the
//! headers of a small client (`Host`, `User-Agent`, `Accept`) and are made before they are measured.

mod by_hand;
mod by_hand_checked;
mod chains;
mod handlers;
mod service;
mod store;

use std::sync::LazyLock;

use auth_runtime::settings::{LoginFailures, PasswordSettings};
use auth_runtime::throttle::Limit;
use auth_runtime::{AuthContext, Peers, Settings};
use harness::Subject;

pub use self::by_hand::find;
pub use self::handlers::{bare, baseline, greeted, router, subject};
pub use self::service::{Axum, Kind, cookie, request, token, with_checksum};
pub use self::store::{Account, Store};

/// The state of all routers.
pub type App = AuthContext<Store>;

/// How many users, tokens and logins there are.
pub const USERS: usize = 1_000;

/// The cookie of a login.
pub const COOKIE: &str = "__Host-sessionid";

/// A state with tokens and logins, without passwords: one for all, since a server has one, and so that what subjects find in
/// the caches of the processor is not what dozens of others left there.
pub fn app() -> App {
    static APP: LazyLock<App> = LazyLock::new(|| AuthContext::with_settings(furnished(None), settings(&cheap())));
    APP.clone()
}

/// A state with the password `correct horse` for each user. Hashes have the parameters of the settings' default.
pub async fn app_with_passwords(cache_size: usize) -> App {
    let passwords = PasswordSettings::default().with_cache_size(cache_size);
    let maker = AuthContext::with_settings(Store::default(), settings(&passwords));
    let hash = maker.passwords().hash("correct horse").await.expect("randomness");
    AuthContext::with_settings(furnished(Some(&hash)), settings(&passwords))
}

/// A limit that counts and is never reached.
const MANY: Option<Limit> = Some(Limit::new(u32::MAX, std::time::Duration::from_secs(1)));

fn settings(passwords: &PasswordSettings) -> Settings {
    // What a wrong password costs, and not what a locked name costs.
    let failures = LoginFailures::default().with_by_name_and_network(MANY).with_by_name(MANY);
    Settings::default()
        .with_passwords(passwords.clone())
        .with_login_failures(failures)
        .with_gateways(Peers::parse(["127.0.0.1"]).expect("an address"))
}

/// For the hash that every state makes of nobody's password when it is set up.
fn cheap() -> PasswordSettings {
    PasswordSettings::default().with_memory_kib(8).with_iterations(1)
}

fn furnished(hash: Option<&str>) -> Store {
    let tokens: Vec<String> = (0..USERS).map(token).collect();
    let cookies: Vec<String> = (0..USERS).map(cookie).collect();
    Store::furnished(&tokens, &cookies, hash)
}

/// All of this crate.
pub fn subjects() -> Vec<Subject> {
    [handlers::subjects(), by_hand::subjects(), by_hand_checked::subjects(), chains::subjects()]
        .into_iter()
        .flatten()
        .collect()
}
