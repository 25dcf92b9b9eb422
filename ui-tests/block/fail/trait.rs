use auth_runtime::handlers;
use auth_runtime::scheme::Token;
use auth_store::Account;

struct Notes;

#[handlers]
trait Listing {
    #[authenticate(Token)]
    async fn list(#[user] me: Account) -> String {
        me.username
    }
}

impl Listing for Notes {}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(<Notes as Listing>::list));
}
