use auth_runtime::{Policy, authenticate};
use auth_runtime::scheme::Session;
use auth_runtime::store::AccessToken;
use ui_tests::App;

#[derive(Policy)]
#[policy(chain(Session))]
struct Api;

#[authenticate(policy = Api, state = App)]
async fn me(#[auth] token: AccessToken) -> String {
    token.id.to_string()
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
