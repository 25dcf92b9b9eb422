use auth_runtime::{authenticate, permit};
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit()]
async fn open() -> &'static str {
    "open"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(open));
}
