use auth_runtime::handlers;
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    #[permit(IsStaff)]
    async fn list() {}
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
