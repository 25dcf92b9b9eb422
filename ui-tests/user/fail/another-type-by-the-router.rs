use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

struct Customer;

#[authenticate(Token)]
async fn me(#[user] _: Customer) {}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
