use auth_runtime::http::request::Parts;
use auth_runtime::{Authenticator, Outcome, Policy, Scheme, SchemeResult};
use auth_store::Account;
use ui_tests::App;

#[derive(Authenticator)]
struct ApiKey;

impl Scheme<App> for ApiKey {
    type User = Account;

    async fn authenticate(&self, _: &Parts, _: &App) -> SchemeResult<Account> {
        Ok(Outcome::Skipped)
    }
}

#[derive(Policy)]
#[policy(chain(ApiKey), throttle(user = "1000/day"), state = App)]
struct Api;

#[auth_runtime::authenticate(policy = Api, state = App)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
