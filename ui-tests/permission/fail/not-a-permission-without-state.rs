use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::Token;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

struct IsOwner;

#[authenticate(Token)]
#[permit(IsAuthenticated | IsOwner)]
async fn owned() -> &'static str {
    "owned"
}

fn main() {
    let _ = Router::<App>::new().route("/", get(owned));
}
