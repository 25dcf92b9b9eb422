use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;
use ui_tests::App;

async fn partner(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner, state = App)]
struct ApiKey;

#[auth_runtime::authenticate(ApiKey)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
