use auth_runtime::Authenticator;

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key", verify = partner)]
struct ApiKey;

fn main() {}
