use auth_runtime::{authenticate, permit};
use auth_runtime::scheme::Token;

use auth_runtime::permission::IsStaff;

#[authenticate(Token)]
#[permit(IsStaf)]
async fn staff() -> &'static str {
    "staff"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(staff));
}
