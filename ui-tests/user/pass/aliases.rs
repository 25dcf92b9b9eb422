use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

type Me = Account;
type Maybe = Option<Account>;

#[authenticate(Token, state = App)]
async fn me(#[user] me: Me) -> String {
    me.username
}

#[authenticate(Token, state = App)]
async fn maybe(#[user] me: Maybe) -> String {
    me.map(|me| me.username).unwrap_or_default()
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me).post(maybe));
}
