use auth_runtime::Authenticator;

#[derive(Authenticator)]
#[authenticator(chain(none))]
struct Open;

fn main() {}
