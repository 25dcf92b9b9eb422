use auth_runtime::handlers;
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    #[permit(IsStaff)]
    #[cfg_attr(all(), inline, cfg_attr(all(), auth_runtime::throttle(user = "1000/day")))]
    async fn list() -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
