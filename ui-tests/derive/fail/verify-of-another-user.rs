use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;

struct Customer;

async fn partner(_: &str) -> Result<Option<Customer>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner, user = Account)]
struct ApiKey;

fn main() {}
