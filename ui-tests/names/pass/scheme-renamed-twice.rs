use auth_runtime::authenticate;
use auth_runtime::scheme::{Token as Key, Token as Word};
use auth_store::Account;

#[authenticate(Key, Word(keyword = "Word"))]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
