use auth_runtime::authenticate;
use auth_runtime::scheme::{Basic, Session, Token};
use auth_store::Account;

#[authenticate(
    Basic,
    Session,
    Token(keyword = "A"),
    Token(keyword = "B"),
    Token(keyword = "C"),
    Token(keyword = "D"),
    Token(keyword = "E"),
    Token(keyword = "F"),
    Token(keyword = "G")
)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
