use auth_runtime::{Authenticator, authenticate};
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = |_| Ok(None), user = Account)]
struct ApiKey;

#[authenticate(ApiKey)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
