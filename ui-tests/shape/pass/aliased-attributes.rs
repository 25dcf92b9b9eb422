use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;
use ui_tests::App;

#[auth_runtime::authenticate(Token)]
#[auth_runtime::permit(IsStaff)]
pub async fn staff() -> &'static str {
    "staff"
}

struct Notes;

#[auth_runtime::handlers]
impl Notes {
    #[auth_runtime::authenticate(Token)]
    #[auth_runtime::permit(IsStaff)]
    pub async fn list() -> &'static str {
        "notes"
    }
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(staff).post(Notes::list));
}
