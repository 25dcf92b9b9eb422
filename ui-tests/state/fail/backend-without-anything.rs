use auth_runtime::authenticate;
use auth_runtime::scheme::{Basic, RemoteUser, Session};
use auth_store::Account;
use ui_tests::Storeless;

#[authenticate(Basic, Session, RemoteUser, state = Storeless)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<Storeless>::new().route("/", axum::routing::get(me));
}
