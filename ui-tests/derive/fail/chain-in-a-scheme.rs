use auth_runtime::{Authenticator, authenticate};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::{Session, Token};
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(chain(Token, Session), permit(IsStaff))]
struct Api;

#[authenticate(policy = Api)]
async fn me(#[user] me: Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
