use auth_runtime::authenticate;
use auth_runtime::scheme::{Session, Token};
use ui_tests::App;

#[authenticate(Token, Session, state = App)]
async fn me(#[auth] auth: String) -> String {
    auth
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
