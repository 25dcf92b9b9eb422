use auth_runtime::{AuthError, Authenticator, authenticate};
use auth_store::Account;

async fn partner(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner, user = Account)]
struct Partner;

#[derive(Authenticator)]
#[authenticator(header = "x-api-key", verify = partner, user = Account)]
struct Supplier;

#[authenticate(Partner, Supplier)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
