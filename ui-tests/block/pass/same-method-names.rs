use auth_runtime::{authenticate, handlers, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::{Session, Token};
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

struct Notes;
struct Users;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    async fn list(#[user] me: Account) -> String {
        me.username
    }
}

#[handlers]
impl Users {
    #[authenticate(Session)]
    #[permit(IsStaff)]
    async fn list() -> &'static str {
        "users"
    }
}

fn main() {
    let _ = Router::<App>::new().route("/", get(Notes::list).post(Users::list));
}
