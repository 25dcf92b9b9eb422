use auth_runtime::{authenticate as logged_in, handlers};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;
use auth_store::Account;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    #[permit(IsStaff)]
    async fn all() -> &'static str {
        "notes"
    }

    #[logged_in(Token)]
    async fn list(#[user] me: Account) -> String {
        me.username
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(Notes::list).post(Notes::all));
}
