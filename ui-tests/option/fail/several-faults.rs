use auth_runtime::authenticate;
use auth_runtime::scheme::{Session, Token};
use auth_store::Account;
use ui_tests::App;

#[authenticate(Token(keyword), Session, challanges = all, state = App, state = App)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
