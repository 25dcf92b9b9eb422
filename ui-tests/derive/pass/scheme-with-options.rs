use auth_runtime::{AuthError, Authenticator, authenticate};
use auth_store::Account;
use axum::Router;
use axum::routing::get;
use ui_tests::App;

async fn partner(scheme: &ApiKey, value: &str, _: &App) -> Result<Option<(Account, String)>, AuthError> {
    let _ = (scheme.scope, value);
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(query = "key", verify = partner, user = Account, auth = String, state = App)]
struct ApiKey {
    #[authenticator(default = "read")]
    scope: &'static str,
    #[authenticator(default = 3)]
    r#try: u8,
}

#[authenticate(ApiKey(scope = "write", r#try = 4), state = App)]
async fn me(#[user] me: Account, #[auth] key: String) -> String {
    me.username + &key
}

fn main() {
    let _ = Router::<App>::new().route("/", get(me));
}
