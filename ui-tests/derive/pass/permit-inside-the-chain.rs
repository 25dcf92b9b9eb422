use auth_runtime::{Policy, authenticate};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;
use auth_store::Account;

#[derive(Policy)]
#[policy(chain(Token), permit(IsStaff))]
struct Api;

#[authenticate(policy = Api)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
