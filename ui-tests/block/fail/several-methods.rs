use auth_runtime::{authenticate, handlers};
use auth_runtime::scheme::{Session, Token};
use auth_store::Account;

struct Notes;

#[handlers]
impl Notes {
    #[authenticate(Token, challanges = all)]
    async fn list(#[user] me: Account) -> String {
        me.username
    }

    #[authenticate(Token)]
    fn read(#[user] me: &Account) -> String {
        me.username.clone()
    }

    #[authenticate(Session)]
    async fn write() -> &'static str {
        "written"
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new()
        .route("/notes/list", axum::routing::get(Notes::list))
        .route("/notes/read", axum::routing::get(Notes::read))
        .route("/notes/write", axum::routing::get(Notes::write));
}
