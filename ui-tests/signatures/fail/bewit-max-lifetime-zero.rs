use auth_runtime::authenticate;
use auth_signatures::HawkBewit;
use auth_store::Account;

#[authenticate(HawkBewit(max_lifetime = 0))]
async fn download(#[user] _me: Account) {}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(download));
}
