use auth_runtime::Authenticator;

#[derive(Authenticator)]
#[authenticator(chain())]
struct Api;

fn main() {}
