use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::extract::State;
use ui_tests::App;

#[authenticate(Token)]
async fn me(#[user] _: Account, _: String, State(_): State<App>) {}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
