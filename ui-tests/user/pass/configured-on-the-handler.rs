use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[cfg(all())]
#[authenticate(Token)]
async fn me(#[user] #[allow(unused_variables)] me: Account) {}

#[cfg(any())]
#[authenticate(Token)]
async fn me() {}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
