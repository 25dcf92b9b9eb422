use auth_runtime::authenticate;
use auth_runtime::scheme::Token;
use auth_store::Account;

trait Notes {
    #[authenticate(Token)]
    async fn list(#[user] me: Account);
}

struct Mine;

impl Notes for Mine {
    async fn list(_: Account) {}
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(<Mine as Notes>::list));
}
