use auth_runtime::scheme::*;
use auth_runtime::{AuthError, Authenticator, authenticate};
use auth_store::Account;
use ui_tests::App;

async fn device(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Device", verify = device, user = Account)]
struct Token;

#[authenticate(Token, Session, state = App)]
async fn me(#[user] me: Account, #[auth] nothing: ()) -> String {
    format!("{} {nothing:?}", me.username)
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
