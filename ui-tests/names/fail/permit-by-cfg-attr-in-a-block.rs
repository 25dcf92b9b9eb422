use auth_runtime::handlers;
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    #[cfg_attr(all(), permit(IsStaff))]
    async fn list() -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
