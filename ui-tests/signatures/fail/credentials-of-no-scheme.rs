use auth_runtime::authenticate;
use auth_runtime::store::AccessToken;
use auth_signatures::{Hawk, HttpSignature};
use ui_tests::App;

#[authenticate(Hawk, HttpSignature, state = App)]
async fn me(#[auth] token: AccessToken) -> String {
    format!("{token:?}")
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
