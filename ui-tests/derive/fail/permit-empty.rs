use auth_runtime::Policy;
use auth_runtime::scheme::Token;

#[derive(Policy)]
#[policy(chain(Token), permit())]
struct Api;

fn main() {}
