use auth_runtime::Policy;
use auth_runtime::scheme::{Session, Token};
use ui_tests::Storeless;

#[derive(Policy)]
#[policy(chain(Token, Session), state = Storeless)]
struct Api;

#[auth_runtime::authenticate(policy = Api)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<Storeless>::new().route("/", axum::routing::get(me));
}
