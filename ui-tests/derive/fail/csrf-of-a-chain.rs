use auth_runtime::Policy;

#[derive(Policy)]
#[policy(chain(auth_runtime::scheme::Session), csrf = false)]
struct Api;

fn main() {}
