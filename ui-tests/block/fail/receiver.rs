use auth_runtime::{authenticate, handlers};
use auth_runtime::scheme::Token;
use auth_store::Account;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    async fn list(&self, #[user] me: Account) -> String {
        me.username
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
