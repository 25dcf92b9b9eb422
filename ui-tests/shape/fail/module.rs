use auth_runtime::authenticate;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
mod handlers {
    pub async fn list() {}
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(handlers::list));
}
