use auth_runtime::authenticate;
use auth_runtime::scheme::{Session, Token};

#[authenticate(Token, Session)]
async fn me(#[auth] auth: String) -> String {
    auth
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
