use auth_runtime::{AuthError, authenticate};
use auth_runtime::scheme::Token;
use auth_store::Account;
use ui_tests::App;

#[authenticate(Token, state = App)]
async fn me(#[user] _: Result<Account, AuthError>) {}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
