use auth_runtime::{authenticate, handlers, permit};
use auth_runtime::scheme::Token;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    #[permit(Self)]
    async fn list() -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
