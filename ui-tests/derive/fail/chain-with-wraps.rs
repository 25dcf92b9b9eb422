use auth_runtime::Authenticator;
use auth_runtime::scheme::{Session, Token};

#[derive(Authenticator)]
#[authenticator(chain(Session), wraps(Token))]
struct Api;

fn main() {}
