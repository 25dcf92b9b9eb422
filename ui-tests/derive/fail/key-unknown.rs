use auth_runtime::Authenticator;

#[derive(Authenticator)]
#[authenticator(timeout = 5)]
struct ApiKey;

fn main() {}
