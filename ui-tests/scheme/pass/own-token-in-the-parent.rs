use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;

async fn device(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Device", verify = device, user = Account)]
struct Token;

mod devices {
    use super::Token;
    use auth_runtime::authenticate;
    use auth_store::Account;

    #[authenticate(Token, auth_runtime::scheme::Token(keyword = "Bearer"))]
    pub async fn me(#[user] me: Account, #[auth] _nothing: ()) -> String {
        me.username
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(devices::me));
}
