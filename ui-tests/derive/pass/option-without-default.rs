use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = find, user = Account)]
struct ApiKey {
    #[authenticator(default = "read")]
    scope: &'static str,
}

async fn find(key: &ApiKey, _: &str) -> Result<Option<Account>, AuthError> {
    if key.scope.is_empty() {
        return Err(AuthError::permission_denied());
    }
    Ok(None)
}

#[auth_runtime::authenticate(ApiKey)]
async fn me(#[user] me: auth_store::Account) -> String {
    me.username
}

fn main() {
    let _ = axum::Router::<ui_tests::App>::new().route("/", axum::routing::get(me));
}
