use auth_runtime::authenticate;
use auth_runtime::store::AccessToken;
use ui_tests::App;

#[authenticate(state = App)]
async fn me(#[auth] token: AccessToken) -> String {
    token.id.to_string()
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
