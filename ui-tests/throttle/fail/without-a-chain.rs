use auth_runtime::http::request::Parts;
use auth_runtime::{Authenticator, Outcome, Scheme, Verdict};
use auth_store::Account;
use ui_tests::App;

#[derive(Authenticator)]
#[authenticator(throttle(user = "1000/day"))]
struct ApiKey;

impl Scheme<App> for ApiKey {
    type User = Account;

    async fn authenticate(&self, _: &Parts, _: &App) -> Verdict<Account> {
        Ok(Outcome::Skipped)
    }
}

fn main() {}
