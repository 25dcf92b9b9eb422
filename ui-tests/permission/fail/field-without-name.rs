use auth_runtime::{authenticate, permit};
use auth_runtime::scheme::Token;

struct HasScope {
    scope: &'static str,
}

#[authenticate(Token)]
#[permit(HasScope("read"))]
async fn read() -> &'static str {
    "read"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(read));
}
