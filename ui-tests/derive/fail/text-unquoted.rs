use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;

async fn partner(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(cookie = session, verify = partner)]
struct ApiKey;

fn main() {}
