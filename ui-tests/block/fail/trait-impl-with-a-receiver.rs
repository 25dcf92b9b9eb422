use auth_runtime::handlers;
use auth_runtime::scheme::Token;
use auth_store::Account;

struct Notes;

trait Listing {
    async fn list(&self, me: Account) -> String;
}

#[handlers]
impl Listing for Notes {
    #[authenticate(Token)]
    async fn list(&self, #[user] me: Account) -> String {
        me.username
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(|me| Notes.list(me)));
}
