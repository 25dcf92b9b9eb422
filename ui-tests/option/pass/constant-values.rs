use auth_runtime::{authenticate, permit};
use auth_runtime::permission::IsAuthenticated;
use auth_runtime::scheme::{Basic, Token};
use axum::Router;
use axum::routing::get;
use ui_tests::App;

const KEYWORD: &str = "Bearer";

#[authenticate(Token(keyword = KEYWORD), Token(keyword = concat!("Api", "Key")), Basic(realm = { "files" }))]
#[permit(IsAuthenticated)]
async fn me() -> String {
    String::new()
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
