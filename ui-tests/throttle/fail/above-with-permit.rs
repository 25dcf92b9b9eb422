use auth_runtime::{authenticate, permit, throttle};
use auth_runtime::permission::AllowAny;
use auth_runtime::scheme::Token;

#[permit(AllowAny)]
#[throttle(user = "1000/day")]
#[authenticate(Token)]
async fn search() -> &'static str {
    "results"
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(search));
}
