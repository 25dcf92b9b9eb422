use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;
use ui_tests::App;

async fn partner(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner, state = App)]
struct ApiKey;

fn main() {}
