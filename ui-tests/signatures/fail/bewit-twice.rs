use auth_runtime::authenticate;
use auth_signatures::HawkBewit;
use auth_store::Account;

#[authenticate(HawkBewit, HawkBewit(sha1 = true))]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
