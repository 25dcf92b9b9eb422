use auth_runtime::http::request::Parts;
use auth_runtime::{Authenticator, Outcome, Policy, Scheme, SchemeResult};
use auth_store::Account;
use ui_tests::App;

struct Key;

#[derive(Authenticator)]
#[authenticator(auth = Key)]
struct ApiKey;

impl Scheme<App> for ApiKey {
    type User = Account;

    async fn authenticate(&self, _: &Parts, _: &App) -> SchemeResult<Account, Key> {
        Ok(Outcome::Skipped)
    }
}

#[derive(Policy)]
#[policy(chain(ApiKey), throttle(client = "100/minute"))]
struct Api;

#[auth_runtime::authenticate(ApiKey)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
