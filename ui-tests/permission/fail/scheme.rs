use auth_runtime::{authenticate, permit};
use auth_runtime::scheme::{Session, Token};
use ui_tests::App;

#[authenticate(Token, state = App)]
#[permit(Session)]
async fn owned() -> &'static str {
    "owned"
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(owned));
}
