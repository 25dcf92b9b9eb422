use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

/// Documented.
#[allow(clippy::unused_async)]
#[authenticate(Token)]
#[must_use]
#[permit(IsStaff)]
#[inline]
async fn staff() -> &'static str {
    "staff"
}

fn main() {
    let _ = Router::<App>::new().route("/", get(staff));
}
