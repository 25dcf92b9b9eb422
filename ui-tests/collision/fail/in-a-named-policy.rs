use auth_runtime::Policy;
use auth_runtime::scheme::{Session, Token};

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer"), Session, Token(keyword = "BEARER")))]
struct Api;

fn main() {}
