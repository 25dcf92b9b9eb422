use auth_runtime::{Policy, authenticate};
use auth_runtime::scheme::{Session, Token};
use auth_runtime::store::AccessToken;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Token, Token(keyword = "Bearer"))]
async fn me(#[user] me: Account, #[auth] token: AccessToken) -> String {
    me.username + &token.id.to_string()
}

#[authenticate(Token, Session, Token(keyword = "Bearer"), state = App)]
async fn apart(#[user] me: Account) -> String {
    me.username
}

#[derive(Policy)]
#[policy(chain(Token, Session, Token(keyword = "Bearer")))]
struct Api;

#[authenticate(policy = Api)]
async fn named(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me).post(apart).put(named));
}
