use auth_runtime::Policy;
use auth_runtime::scheme::{Session, Token};

#[derive(Policy)]
#[policy(chain(Session), wraps(Token))]
struct Api;

fn main() {}
