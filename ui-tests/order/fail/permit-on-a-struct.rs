use auth_runtime::permit;
use auth_runtime::permission::IsStaff;

#[permit(IsStaff)]
struct Staff;

async fn staff() {}

fn main() {
    let _ = Staff;
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(staff));
}
