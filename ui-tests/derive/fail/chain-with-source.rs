use auth_runtime::{AuthError, Policy};
use auth_runtime::scheme::Token;
use auth_store::Account;

async fn partner(_: &str) -> Result<Option<Account>, AuthError> {
    Ok(None)
}

#[derive(Policy)]
#[policy(chain(Token), header = "X-Api-Key", verify = partner, user = Account)]
struct Api;

fn main() {}
