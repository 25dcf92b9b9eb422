use auth_runtime::Authenticator;
use auth_runtime::scheme::Token;

#[derive(Authenticator)]
#[authenticator(chain(Token), permit())]
struct Api;

fn main() {}
