use auth_runtime::authenticate;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

#[authenticate]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
