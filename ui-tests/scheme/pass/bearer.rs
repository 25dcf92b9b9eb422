use auth_runtime::authenticate;
use auth_runtime::scheme::{Basic, Bearer, Token};
use auth_runtime::store::AccessToken;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Bearer, Basic)]
async fn me(#[user] me: Account, #[auth] token: AccessToken) -> String {
    format!("{} {}", me.username, token.id)
}

#[authenticate(Bearer, Token)]
async fn both(#[user] me: Account) -> String {
    me.username
}

#[authenticate(Bearer(keyword = "Api"), Bearer)]
async fn two(#[user] me: Account, #[auth] token: AccessToken) -> String {
    format!("{} {}", me.username, token.id)
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me).post(both).put(two));
}
