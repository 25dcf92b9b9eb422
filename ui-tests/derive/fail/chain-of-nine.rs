use auth_runtime::Policy;
use auth_runtime::scheme::{Basic, Session, Token};

#[derive(Policy)]
#[policy(chain(
    Basic,
    Session,
    Token(keyword = "A"),
    Token(keyword = "B"),
    Token(keyword = "C"),
    Token(keyword = "D"),
    Token(keyword = "E"),
    Token(keyword = "F"),
    Token(keyword = "G")
))]
struct Api;

#[auth_runtime::authenticate(policy = Api)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
