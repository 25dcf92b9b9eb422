use auth_runtime::{Policy, authenticate};
use auth_runtime::scheme::Token;
use auth_runtime::store::AccessToken;

#[derive(Policy)]
#[policy(chain(Token))]
struct Api;

#[authenticate(policy = Api, state = ui_tests::App)]
async fn me(#[auth] token: AccessToken) -> String {
    token.id.to_string()
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
