use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

struct Page;

#[authenticate(Token)]
async fn me(#[user] _: Account) -> Page {
    Page
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
