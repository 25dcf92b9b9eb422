use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;

#[cfg(unix)]
#[authenticate(Token)]
async fn me(#[allow(unused_mut)] #[user] me: Account) -> String {
    me.username
}

#[cfg(not(unix))]
#[authenticate(Token)]
async fn me(#[user] _: Account) {}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
