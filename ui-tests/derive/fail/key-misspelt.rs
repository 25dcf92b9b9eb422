use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;

async fn partner(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(heder = "X-Api-Key", verify = partner)]
struct ApiKey;

fn main() {}
