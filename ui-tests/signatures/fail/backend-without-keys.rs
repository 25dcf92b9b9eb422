use auth_runtime::authenticate;
use auth_signatures::HttpSignature;
use auth_store::Account;
use ui_tests::Storeless;

#[authenticate(HttpSignature, state = Storeless)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<Storeless>::new().route("/", axum::routing::get(me));
}
