use auth_runtime::authenticate;
use auth_runtime::scheme::{Basic, Session, Token};
use auth_runtime::store::AccessToken;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(
    Basic(realm = "files"),
    Session,
    Token(keyword = "A"),
    Token(keyword = "B"),
    Token(keyword = "C"),
    Token(keyword = "D"),
    Token(keyword = "E"),
    Token(keyword = "F"),
    challenges = all,
    state = App
)]
async fn me(#[user] me: Account, #[auth] token: Option<AccessToken>) -> String {
    format!("{} {}", me.username, token.is_some())
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
