use auth_runtime::{authenticate, handlers};
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Token)]
async fn r#move(#[user] me: Account) -> String {
    me.username
}

struct r#Type;

#[handlers]
impl r#Type {
    #[authenticate(Token)]
    async fn r#async(#[user] r#in: Account) -> String {
        r#in.username
    }
}

fn main() {
    let _ = Router::<App>::new().route("/", get(r#move).post(r#Type::r#async));
}
