use auth_runtime::Policy;

#[derive(Policy)]
#[policy(chain())]
struct Api;

fn main() {}
