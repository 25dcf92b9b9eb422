use auth_runtime::Authenticator;
use auth_store::Account;

async fn partner(_: &str) -> Account {
    unimplemented!()
}

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner, user = Account)]
struct ApiKey;

fn main() {}
