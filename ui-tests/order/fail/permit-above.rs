use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;

#[permit(IsStaff)]
#[authenticate(Token)]
async fn staff() -> &'static str {
    "staff"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(staff));
}
