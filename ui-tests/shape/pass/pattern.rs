use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_runtime::store::AccessToken;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Token, state = App)]
async fn me(#[user] Account { username, is_staff, .. }: Account, #[auth] AccessToken { id, .. }: AccessToken) -> String {
    format!("{username} {is_staff} {id}")
}

#[authenticate(Token)]
async fn count(#[user] mut me: Account, #[auth] _: AccessToken) -> String {
    me.username.push('!');
    me.username
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me).post(count));
}
