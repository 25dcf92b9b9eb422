use auth_runtime::http::request::Parts;
use auth_runtime::{Authenticator, Outcome, Scheme, SchemeResult};
use auth_store::Account;
use ui_tests::App;

#[derive(Authenticator)]
#[authenticator(throttle(user = "1000/day"))]
struct ApiKey;

impl Scheme<App> for ApiKey {
    type User = Account;

    async fn authenticate(&self, _: &Parts, _: &App) -> SchemeResult<Account> {
        Ok(Outcome::Skipped)
    }
}

#[auth_runtime::authenticate(ApiKey)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
