use auth_runtime::authenticate;
use auth_store::Account;

use auth_runtime::scheme::*;

fn main() {
    struct Token;

    #[authenticate(Token)]
    async fn me(#[user] me: Account) -> String {
        me.username
    }

    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
