use auth_runtime::{Policy, authenticate};
use auth_runtime::scheme::{Session, Token};
use auth_store::Account;
use ui_tests::{App, Storeless};

#[derive(Policy)]
#[policy(chain(Token, Session), state = App)]
struct Api;

#[authenticate(policy = Api, state = Storeless)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
