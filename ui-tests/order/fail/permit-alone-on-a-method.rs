use auth_runtime::permit;
use auth_runtime::permission::IsStaff;

struct Notes;

impl Notes {
    #[permit(IsStaff)]
    async fn list() -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
