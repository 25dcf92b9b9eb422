use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::Token;

use axum::http::Method as M;

#[authenticate(Token)]
#[permit(IsAuthenticated)]
async fn many(_: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M) {}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(many));
}
