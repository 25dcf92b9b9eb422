use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_runtime::permission::IsAuthenticated;

#[authenticate(Token)]
#[permit(IsAuthenticated)]
async fn open() -> &'static str {
    "open"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(open));
}
