use auth_runtime::{handlers, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;
use auth_store::Account;

struct Notes;

#[permit(IsStaff)]
#[handlers]
impl Notes {
    #[authenticate(Token)]
    async fn list(#[user] me: Account) -> String {
        me.username
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list));
}
