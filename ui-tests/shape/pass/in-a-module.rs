mod notes {
    use auth_runtime::permission::IsStaff;
    use auth_runtime::scheme::Token;
    use auth_runtime::{AuthError, Authenticator, authenticate, handlers};
    use auth_store::Account;

    async fn partner(_: &str) -> Result<Option<Account>, AuthError> {
        Ok(None)
    }

    #[derive(Authenticator)]
    #[authenticator(header = "X-Api-Key", verify = partner, user = Account)]
    struct ApiKey;

    #[authenticate(ApiKey, Token)]
    pub async fn list(#[user] me: Account) -> String {
        me.username
    }

    #[authenticate(ApiKey)]
    #[permit(IsStaff)]
    pub(crate) async fn staff() -> &'static str {
        "staff"
    }

    pub struct Notes;

    #[handlers]
    impl Notes {
        #[authenticate(Token)]
        pub async fn mine(#[user] me: Account) -> String {
            me.username
        }
    }
}

fn main() {
    let router = axum::Router::<ui_tests::App>::new();
    let _ = router.route("/", axum::routing::get(notes::list).post(notes::staff).put(notes::Notes::mine));
}
