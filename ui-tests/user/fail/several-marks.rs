use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_runtime::store::AccessToken;
use auth_store::Account;

#[authenticate(Token)]
async fn me(#[user(optional)] me: &Account, #[user] _: Account, #[auth] #[user] _: AccessToken) -> String {
    me.username.clone()
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
