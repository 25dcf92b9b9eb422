use auth_runtime::authenticate;
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::AccessToken;

#[authenticate(Token, Session, Token(keyword = "Bearer"))]
async fn me(#[auth] token: AccessToken) -> String {
    token.id.to_string()
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
