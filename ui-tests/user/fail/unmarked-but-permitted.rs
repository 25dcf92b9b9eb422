use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Token)]
#[permit(IsAuthenticated)]
async fn me(me: Account) -> String {
    me.username
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
