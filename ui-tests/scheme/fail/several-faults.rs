use auth_runtime::authenticate;
use auth_store::Account;

use auth_runtime::scheme::{Basic, Session, Token};

#[authenticate(Tokn, Sesion, Basic(relm = "files"))]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
