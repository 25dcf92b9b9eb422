use auth_runtime::handlers;

#[handlers]
mod notes {
    use auth_runtime::scheme::Token;
    use auth_store::Account;

    #[auth_runtime::authenticate(Token)]
    pub async fn list(#[user] me: Account) -> String {
        me.username
    }
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(notes::list));
}
