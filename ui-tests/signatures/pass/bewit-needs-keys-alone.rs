use auth_runtime::authenticate;
use auth_signatures::HawkBewit;
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::Forgetful;

#[authenticate(HawkBewit, state = Forgetful)]
async fn download(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = Router::<Forgetful>::new().route("/", get(download));
}
