use auth_runtime::authenticate;
use auth_runtime::scheme::Session;
use auth_store::Account;
use axum::extract::State;
use ui_tests::Bare;

#[authenticate(Session)]
async fn me(#[user] me: Account, State(_): State<Bare>) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<Bare>::new().route("/", axum::routing::get(me));
}
