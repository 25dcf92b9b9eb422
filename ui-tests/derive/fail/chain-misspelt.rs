use auth_runtime::Policy;

use auth_runtime::scheme::{Session, Token};

#[derive(Policy)]
#[policy(chain(Token, Sesion))]
struct Api;

fn main() {}
