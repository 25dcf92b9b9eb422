use auth_runtime::authenticate;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
const LIST: fn() -> &'static str = || "notes";

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(LIST));
}
