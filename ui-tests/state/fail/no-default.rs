use auth_runtime::authenticate;
use auth_store::Account;
use ui_tests::App;

#[authenticate(state = App)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<App>::new().route("/", axum::routing::get(me));
}
