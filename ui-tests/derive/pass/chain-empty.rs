use auth_runtime::Policy;
use auth_runtime::scheme::{Session, Token};

#[derive(Policy)]
#[policy(chain(Token, Session))]
struct Api;

#[auth_runtime::authenticate(policy = Api)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
