use auth_runtime::http::request::Parts;
use auth_runtime::{Authenticator, Outcome, Scheme, SchemeResult, authenticate};
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

#[authenticate(ApiKey, state = App)]
#[throttle(client = "100/minute")]
async fn search(#[user] _me: Option<Account>) -> &'static str {
    "results"
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(search));
}
