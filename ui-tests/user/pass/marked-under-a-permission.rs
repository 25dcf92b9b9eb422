use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;
use auth_runtime::permission::IsStaff;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use ui_tests::App;

#[authenticate(Token)]
#[permit(IsStaff)]
async fn me(#[user] me: Account, State(_): State<App>) -> String {
    me.username
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
