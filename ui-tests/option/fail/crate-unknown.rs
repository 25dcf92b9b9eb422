use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;

#[authenticate(Token, crate = ::context)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
