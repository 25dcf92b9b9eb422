use auth_runtime::authenticate;
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;
use auth_store::Account;
use ui_tests::App;

#[authenticate(Token, state = App)]
#[throttle(user = "1000/day", IsStaff)]
async fn search(#[user] _me: Option<Account>) -> &'static str {
    "results"
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(search));
}
