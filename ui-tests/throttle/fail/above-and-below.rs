use auth_runtime::{authenticate, throttle};
use auth_runtime::scheme::Token;
use auth_store::Account;

#[throttle(user = "1000/day")]
#[authenticate(Token)]
#[throttle(anon = "20/hour")]
async fn search(#[user] _me: Option<Account>) -> &'static str {
    "results"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(search));
}
