use auth_runtime::{authenticate, handlers, permit};
use auth_runtime::permission::IsStaff;
use auth_runtime::scheme::Token;
use auth_store::Account;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token)]
    async fn list(#[user] me: Account) -> String {
        me.username
    }

    #[permit(IsStaff)]
    async fn delete() -> &'static str {
        "deleted"
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new()
        .route("/notes/list", axum::routing::get(Notes::list))
        .route("/notes/delete", axum::routing::get(Notes::delete));
}
