use auth_runtime::{AuthError, Authenticator};

struct Customer;

async fn partner(_: &str) -> Result<Option<Customer>, AuthError> {
    Ok(None)
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner, user = Customer)]
struct ApiKey;

fn main() {}
