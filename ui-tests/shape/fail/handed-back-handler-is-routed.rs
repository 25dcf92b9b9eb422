use auth_runtime::authenticate;
use auth_runtime::scheme::Session;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Session, challanges = all)]
async fn secret(#[user] _: Account) -> &'static str {
    "secret"
}

fn main() {
    let _ = Router::<App>::new().route("/", get(secret));
}
