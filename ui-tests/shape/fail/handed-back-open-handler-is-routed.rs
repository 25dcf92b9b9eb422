use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::{Session, Token};
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Token Session)]
#[permit(IsStaff)]
async fn secret() -> &'static str {
    "secret"
}

fn main() {
    let _ = Router::<App>::new().route("/", get(secret));
}
