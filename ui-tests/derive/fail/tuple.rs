use auth_runtime::Authenticator;

#[derive(Authenticator)]
struct ApiKey(&'static str);

fn main() {}
