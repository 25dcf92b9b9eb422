use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use ui_tests::App;

struct Customer;

#[authenticate(Token, state = App)]
async fn me(#[user] _: Customer) {}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
