use auth_runtime::{AuthError, Authenticator, authenticate};
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

async fn device(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

fn main() {
    use auth_runtime::scheme::*;

    #[derive(Authenticator)]
    #[authenticator(header = "X-Device", verify = device, user = Account)]
    struct Token;

    #[authenticate(Token, Session)]
    async fn me(#[user] me: Account, #[auth] _nothing: ()) -> String {
        me.username
    }

    let _ = Router::<App>::new().route("/", get(me));
}
