use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::Bare;

#[authenticate(Token)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = Router::new().route("/", get(me)).with_state(Bare);
}
