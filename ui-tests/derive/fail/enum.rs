use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find, user = Account)]
enum Key {
    Header,
    Cookie,
}

async fn find(_: &Key, _: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[auth_runtime::authenticate(Key)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
