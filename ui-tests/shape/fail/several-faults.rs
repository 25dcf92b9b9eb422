use auth_runtime::authenticate;
use auth_runtime::scheme::{Session, Token};
use auth_store::Account;

#[authenticate(Token, Session(chalenge), policy = Api, none)]
fn me(&self, #[user] me: &Account) -> String {
    me.username.clone()
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
