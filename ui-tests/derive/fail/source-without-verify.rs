use auth_runtime::Authenticator;

#[derive(Authenticator)]
#[authenticator(header = "X-Api-Key")]
struct ApiKey;

fn main() {}
