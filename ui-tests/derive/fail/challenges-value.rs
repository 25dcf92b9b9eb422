use auth_runtime::Policy;
use auth_runtime::scheme::Token;

#[derive(Policy)]
#[policy(chain(Token), challenges = both)]
struct Api;

fn main() {}
