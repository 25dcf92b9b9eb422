use auth_runtime::Authenticator;

#[derive(Authenticator)]
#[authenticator(crate = auth_runtime)]
struct ApiKey;

fn main() {}
