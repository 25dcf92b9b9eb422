use auth_runtime::{Policy, authenticate};
use auth_runtime::store::AccessToken;
use ui_tests::App;

#[authenticate(policy = P, state = App)]
async fn me<P: Policy<App>>(#[auth] token: AccessToken) -> String {
    token.id.to_string()
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me::<auth_runtime::AllowAnonymous>));
}
