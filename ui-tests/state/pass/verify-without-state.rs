use auth_runtime::{AuthError, Authenticator, authenticate};
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find, user = Account)]
struct ApiKey;

async fn find(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[authenticate(ApiKey)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
