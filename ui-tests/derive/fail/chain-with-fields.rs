use auth_runtime::Policy;
use auth_runtime::scheme::Token;

#[derive(Policy)]
#[policy(chain(Token))]
struct Api {
    scope: &'static str,
}

fn main() {}
