use auth_runtime::{authenticate, permit};
use auth_runtime::scheme::Token;

fn is_staff() -> bool {
    true
}

#[authenticate(Token)]
#[permit(is_staff)]
async fn staff() -> &'static str {
    "staff"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(staff));
}
