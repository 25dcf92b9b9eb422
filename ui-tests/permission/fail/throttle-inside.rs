use auth_runtime::authenticate;
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;

#[authenticate(Token)]
#[permit(IsStaff, throttle(user = "1000/day"))]
async fn staff() -> &'static str {
    "staff"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(staff));
}
