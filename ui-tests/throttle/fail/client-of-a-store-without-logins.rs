use auth_runtime::http::request::Parts;
use auth_runtime::{Authenticator, Outcome, Scheme, SchemeResult, authenticate};
use auth_store::Account;
use ui_tests::Storeless;

#[derive(Authenticator)]
struct ApiKey;

impl Scheme<Storeless> for ApiKey {
    type User = Account;

    async fn authenticate(&self, _: &Parts, _: &Storeless) -> SchemeResult<Account> {
        Ok(Outcome::Skipped)
    }
}

#[authenticate(ApiKey, state = Storeless)]
#[throttle(client = "100/minute")]
async fn search(#[user] _me: Option<Account>) -> &'static str {
    "results"
}

fn main() {
    let _ = axum::Router::<Storeless>::new().route("/", axum::routing::get(search));
}
