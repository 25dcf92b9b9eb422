use auth_runtime::permit;
use auth_runtime::permission::IsStaff;

#[permit(IsStaff)]
async fn staff() -> &'static str {
    "staff"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(staff));
}
