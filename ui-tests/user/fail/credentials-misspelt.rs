use auth_runtime::authenticate;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
async fn me(#[auth] token: AccesToken) -> String {
    token.id.to_string()
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
