use auth_runtime::authenticate;
use auth_runtime::scheme::Token;

struct Notes;

#[authenticate(Token)]
impl Notes {
    async fn list() {}
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
