use auth_runtime::authenticate;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
struct Me;

impl Me {
    async fn list() {}
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Me::list));
}
