use auth_runtime::Authenticator;

#[derive(Authenticator)]
#[authenticator(chain(auth_runtime::scheme::Session), csrf = false)]
struct Api;

fn main() {}
