use auth_runtime::Policy;

#[derive(Policy)]
#[policy(chain(none))]
struct Open;

fn main() {}
