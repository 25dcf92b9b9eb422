use auth_runtime::{AuthError, Authenticator, authenticate};
use auth_store::Account;
use ui_tests::{App, Storeless};

async fn partner(_: &str, _: &Storeless) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner, state = Storeless)]
struct ApiKey;

#[authenticate(ApiKey, state = App)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<Storeless>::new().route("/", axum::routing::get(me));
}
