use auth_runtime::authenticate;
use auth_runtime::scheme::{Session, Token};
use ui_tests::App;

#[authenticate(Token, Session, state = App)]
async fn me(#[user] me: String, #[auth] auth: u32) -> String {
    me + &auth.to_string()
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
