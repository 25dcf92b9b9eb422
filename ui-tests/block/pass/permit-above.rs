use auth_runtime::{authenticate, handlers, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

struct Notes;

#[handlers]
impl Notes {
    #[permit(IsStaff)]
    #[authenticate(Token)]
    async fn list() -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = Router::<App>::new().route("/", get(Notes::list));
}
