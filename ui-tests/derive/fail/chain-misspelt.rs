use auth_runtime::Authenticator;

use auth_runtime::scheme::{Session, Token};

#[derive(Authenticator)]
#[authenticator(chain(Token, Sesion))]
struct Api;

fn main() {}
