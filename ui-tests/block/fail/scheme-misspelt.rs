use auth_runtime::{authenticate, handlers};
use auth_store::Account;

use auth_runtime::scheme::Token;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Tokn)]
    async fn list(#[user] me: Account) -> String {
        me.username
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
