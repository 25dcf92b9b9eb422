use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::Token;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

use axum::http::Method as M;

#[authenticate(Token)]
#[permit(IsAuthenticated)]
async fn many(_: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M, _: M) {}

fn main() {
    let _ = Router::<App>::new().route("/", get(many));
}
