use auth_runtime::{Authenticator, authenticate};
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[derive(Authenticator)]
struct ApiKey;

#[authenticate(ApiKey)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
