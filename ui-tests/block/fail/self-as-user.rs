use auth_runtime::{authenticate, handlers};
use auth_runtime::scheme::Token;
use ui_tests::App;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token, state = App)]
    async fn list(#[user] _: Self) -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(Notes::list));
}
