use auth_runtime::authenticate;
use auth_runtime::scheme::Basic;
use auth_runtime::store::AccessToken;
use ui_tests::App;

#[authenticate(Basic, state = App)]
async fn me(#[auth] token: Option<AccessToken>) -> String {
    token.map(|token| token.id.to_string()).unwrap_or_default()
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
