use auth_runtime::{authenticate, permit};
use auth_runtime::scheme::Token;
use ui_tests::App;

struct IsOwner;

#[authenticate(Token, state = App)]
#[permit(IsOwner)]
async fn owned() -> &'static str {
    "owned"
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(owned));
}
