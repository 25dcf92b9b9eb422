use auth_runtime::{authenticate, permit as may};
use auth_runtime::permission::{IsAuthenticated, IsStaff};
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit(IsAuthenticated)]
#[may(IsStaff)]
async fn staff() -> &'static str {
    "staff"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(staff));
}
