use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::extract::State;
use ui_tests::App;

struct Page;

#[authenticate(Token)]
async fn me(#[user] _: Account, State(_): State<App>, _: Page) {}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
