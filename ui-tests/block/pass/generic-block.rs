use auth_runtime::{authenticate, handlers};
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

struct Notes<T>(T);

#[handlers]
impl<T: Send + 'static> Notes<T> {
    #[authenticate(Token)]
    async fn list(#[user] me: Account) -> String {
        me.username
    }
}

fn main() {
    let _ = Router::<App>::new().route("/", get(Notes::<u8>::list));
}
