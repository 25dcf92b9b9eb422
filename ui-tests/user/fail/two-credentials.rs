use auth_runtime::authenticate;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::{AccessToken, Login};

#[authenticate(Token, Session)]
async fn me(#[auth] _: Option<AccessToken>, #[auth] _: Option<Login>) -> String {
    String::new()
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
