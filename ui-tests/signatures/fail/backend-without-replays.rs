use auth_runtime::authenticate;
use auth_signatures::Hawk;
use auth_store::Account;
use ui_tests::Forgetful;

#[authenticate(Hawk, state = Forgetful)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<Forgetful>::new().route("/", axum::routing::get(me));
}
