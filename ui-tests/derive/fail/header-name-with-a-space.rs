use auth_runtime::{AuthError, Authenticator};
use auth_store::Account;

#[derive(Authenticator)]
#[authenticator(header = "X Api Key", verify = find, user = Account)]
struct ApiKey;

#[derive(Authenticator)]
#[authenticator(query = "", verify = find, user = Account)]
struct QueryKey;

async fn find(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

fn main() {}
