use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;

#[authenticate(Token)]
#[throttle(anon = "10/month")]
async fn search(#[user] _me: Option<Account>) -> &'static str {
    "results"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(search));
}
