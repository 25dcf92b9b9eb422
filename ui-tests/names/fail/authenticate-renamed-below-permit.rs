use auth_runtime::{authenticate as logged_in, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;
use auth_store::Account;

#[permit(IsStaff)]
#[logged_in(Token)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
