use auth_runtime::scheme::Token;

#[authenticator(chain(Token))]
struct Api;

fn main() {}
