use auth_runtime::{handlers, scheme::Token};
use auth_store::Account;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    #[throttle(user = "often")]
    async fn list(#[user] _me: Option<Account>) -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
