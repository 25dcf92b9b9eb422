use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find, user = Account, challenge = "ApiKey")]
struct ApiKey;

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find, user = Account, challenge = "Key realm=\"b\"")]
struct OtherKey;

async fn find(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[auth_runtime::authenticate(ApiKey)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
